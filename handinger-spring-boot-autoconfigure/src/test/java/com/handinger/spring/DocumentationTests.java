/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package com.handinger.spring;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What doclint leaves to us, since it would have the constructor of a record repeat what
 * the record says: that whatever is public has Javadoc.
 */
class DocumentationTests {

	private static final Path MAIN = Path.of("src", "main", "java");

	private static final Path TEST = Path.of("src", "test", "java");

	private static final Path SAMPLE = Path.of("..", "handinger-sample-app", "src");

	private static final String HEADER = """
			/*
			 * Copyright 2026 the original author or authors.
			 *
			 * Licensed under the Apache License, Version 2.0 (the "License");
			 * you may not use this file except in compliance with the License.
			 * You may obtain a copy of the License at
			 *
			 *      https://www.apache.org/licenses/LICENSE-2.0
			 *
			 * Unless required by applicable law or agreed to in writing, software
			 * distributed under the License is distributed on an "AS IS" BASIS,
			 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
			 * See the License for the specific language governing permissions and
			 * limitations under the License.
			 */
			""";

	private static List<Path> sources(Path... directories) throws IOException {
		List<Path> sources = new ArrayList<>();
		for (Path directory : directories) {
			try (Stream<Path> files = Files.walk(directory)) {
				files.filter((file) -> file.toString().endsWith(".java")).forEach(sources::add);
			}
		}
		return sources;
	}

	private static List<String> undocumented(Iterable<? extends JavaFileObject> units) throws IOException {
		List<String> undocumented = new ArrayList<>();
		JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler().getTask(null, null, null, null, null, units);
		DocTrees docTrees = DocTrees.instance(task);
		for (CompilationUnitTree unit : task.parse()) {
			new Scanner(docTrees, undocumented).scan(unit, null);
		}
		return undocumented;
	}

	private static List<String> undocumented(String source) throws IOException {
		return undocumented(List.of(new SimpleJavaFileObject(URI.create("string:///A.java"), Kind.SOURCE) {

			@Override
			public CharSequence getCharContent(boolean ignoreEncodingErrors) {
				return source;
			}

		}));
	}

	@Test
	void whatIsPublicHasJavadoc() throws IOException {
		try (StandardJavaFileManager files = ToolProvider.getSystemJavaCompiler()
			.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
			assertThat(undocumented(files.getJavaFileObjectsFromPaths(sources(MAIN)))).isEmpty();
		}
	}

	@Test
	void whatHasNoJavadocIsNamed() throws IOException {
		assertThat(undocumented("""
				public class A {
					public A(int a) { }
					protected void b(String c) { }
					public enum D { E }
					public interface F { void g(); }
					public @interface H { String i(); }
				}
				""")).containsExactly("A", "A.<init>(int)", "A.b(String)", "A.D", "A.D.E", "A.F", "A.F.g()", "A.H",
				"A.H.i()");
	}

	@Test
	void componentThatIsNotExplainedIsNamed() throws IOException {
		assertThat(undocumented("""
				/**
				 * A.
				 * @param b the b
				 * @param ccc the c
				 */
				public record A(int b, String c) {
					public A { }
					/** Create. */
					public A(int b) { this(b, ""); }
					public A() { this(1, ""); }
				}
				""")).containsExactly("A: @param c", "A.<init>()");
	}

	@Test
	void whatNobodySeesNeedsNoJavadoc() throws IOException {
		assertThat(undocumented("""
				class A {
					public A() { }
					public record B(int c) { }
					/** D. */
					public interface D { private void e() { } }
				}
				/** F. */
				public final class F {
					F() { }
					void g() { }
					@Override public String toString() { return ""; }
					private enum H { I }
				}
				""")).isEmpty();
	}

	@Test
	void filesHaveTheHeaderOfTheLicence() throws IOException {
		assertThat(sources(MAIN, TEST, SAMPLE).stream().filter((file) -> !read(file).startsWith(HEADER))).isEmpty();
	}

	@Test
	void filesNameNoAuthor() throws IOException {
		assertThat(sources(MAIN, TEST, SAMPLE).stream().filter((file) -> read(file).contains("@" + "author")))
			.isEmpty();
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Collects what has no Javadoc.
	 */
	private static final class Scanner extends TreePathScanner<Void, Void> {

		private static final Set<Tree.Kind> INTERFACES = Set.of(Tree.Kind.INTERFACE, Tree.Kind.ANNOTATION_TYPE);

		private final DocTrees docTrees;

		private final List<String> undocumented;

		Scanner(DocTrees docTrees, List<String> undocumented) {
			this.docTrees = docTrees;
			this.undocumented = undocumented;
		}

		@Override
		public Void visitClass(ClassTree type, Void unused) {
			check("");
			if (type.getKind() == Tree.Kind.RECORD && isVisible(getCurrentPath())) {
				checkComponents(type);
			}
			return super.visitClass(type, unused);
		}

		private void checkComponents(ClassTree type) {
			String comment = this.docTrees.getDocComment(getCurrentPath());
			for (Tree member : type.getMembers()) {
				if (member instanceof VariableTree component
						&& !component.getModifiers().getFlags().contains(Modifier.STATIC)
						&& (comment == null || !comment.matches("(?s).*@param\\s+" + component.getName() + "\\s.*"))) {
					this.undocumented.add(typeName() + ": @param " + component.getName());
				}
			}
		}

		@Override
		public Void visitMethod(MethodTree method, Void unused) {
			if (!isOverriding(method) && !isCompactConstructor(method)) {
				check("." + method.getName()
						+ method.getParameters()
							.stream()
							.map((parameter) -> parameter.getType().toString())
							.collect(Collectors.joining(", ", "(", ")")));
			}
			return null;
		}

		private boolean isOverriding(MethodTree method) {
			return method.getModifiers()
				.getAnnotations()
				.stream()
				.anyMatch((annotation) -> annotation.getAnnotationType().toString().equals("Override"));
		}

		private boolean isCompactConstructor(MethodTree method) {
			if (!(getCurrentPath().getParentPath().getLeaf() instanceof ClassTree type)
					|| type.getKind() != Tree.Kind.RECORD || !method.getName().contentEquals("<init>")) {
				return false;
			}
			return header(method).endsWith(type.getSimpleName().toString());
		}

		/**
		 * Return what stands before the body, which for a compact constructor ends
		 * without parameters.
		 */
		private String header(MethodTree method) {
			CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
			SourcePositions positions = this.docTrees.getSourcePositions();
			try {
				return unit.getSourceFile()
					.getCharContent(true)
					.subSequence((int) positions.getStartPosition(unit, method),
							(int) positions.getStartPosition(unit, method.getBody()))
					.toString()
					.strip();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public Void visitVariable(VariableTree field, Void unused) {
			if (getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.ENUM) {
				check("." + field.getName());
			}
			return null;
		}

		private void check(String member) {
			if (isVisible(getCurrentPath()) && this.docTrees.getDocComment(getCurrentPath()) == null) {
				this.undocumented.add(typeName() + member);
			}
		}

		private String typeName() {
			String name = "";
			for (Tree tree : getCurrentPath()) {
				if (tree instanceof ClassTree type) {
					name = name.isEmpty() ? type.getSimpleName().toString() : type.getSimpleName() + "." + name;
				}
			}
			return name;
		}

		private static boolean isVisible(TreePath path) {
			for (TreePath current = path; current.getParentPath() != null; current = current.getParentPath()) {
				if (!isVisibleItself(current)) {
					return false;
				}
			}
			return true;
		}

		private static boolean isVisibleItself(TreePath path) {
			Set<Modifier> modifiers = modifiers(path.getLeaf()).getFlags();
			return modifiers.contains(Modifier.PUBLIC) || modifiers.contains(Modifier.PROTECTED)
					|| (INTERFACES.contains(path.getParentPath().getLeaf().getKind())
							&& !modifiers.contains(Modifier.PRIVATE));
		}

		private static ModifiersTree modifiers(Tree tree) {
			if (tree instanceof ClassTree type) {
				return type.getModifiers();
			}
			return (tree instanceof MethodTree method) ? method.getModifiers() : ((VariableTree) tree).getModifiers();
		}

	}

}
