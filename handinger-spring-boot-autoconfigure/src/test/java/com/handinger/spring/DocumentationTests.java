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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import javax.lang.model.element.Modifier;
import javax.tools.JavaFileObject;
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

	private static List<Path> sources(Path... directories) throws IOException {
		List<Path> sources = new ArrayList<>();
		for (Path directory : directories) {
			try (Stream<Path> files = Files.walk(directory)) {
				files.filter((file) -> file.toString().endsWith(".java")).forEach(sources::add);
			}
		}
		return sources;
	}

	@Test
	void whatIsPublicHasJavadoc() throws IOException {
		List<String> undocumented = new ArrayList<>();
		try (StandardJavaFileManager files = ToolProvider.getSystemJavaCompiler()
			.getStandardFileManager(null, null, null)) {
			Iterable<? extends JavaFileObject> units = files.getJavaFileObjectsFromPaths(sources(MAIN));
			JavacTask task = (JavacTask) ToolProvider.getSystemJavaCompiler()
				.getTask(null, files, null, null, null, units);
			DocTrees docTrees = DocTrees.instance(task);
			for (CompilationUnitTree unit : task.parse()) {
				new Scanner(docTrees, undocumented).scan(unit, null);
			}
		}
		assertThat(undocumented).isEmpty();
	}

	@Test
	void filesHaveTheHeaderOfTheLicence() throws IOException {
		assertThat(sources(MAIN, Path.of("src", "test", "java"), Path.of("..", "handinger-sample-app", "src")))
			.isNotEmpty()
			.allSatisfy(
					(file) -> assertThat(read(file)).startsWith("/*\n * Copyright 2026 the original author or authors.")
						.contains("https://www.apache.org/licenses/LICENSE-2.0")
						.doesNotContain("@" + "author"));
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

		private final DocTrees docTrees;

		private final List<String> undocumented;

		Scanner(DocTrees docTrees, List<String> undocumented) {
			this.docTrees = docTrees;
			this.undocumented = undocumented;
		}

		@Override
		public Void visitClass(ClassTree type, Void unused) {
			check(type.getSimpleName().toString());
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
						&& (comment == null || !comment.contains("@param " + component.getName() + " "))) {
					this.undocumented.add(type.getSimpleName() + ": @param " + component.getName());
				}
			}
		}

		@Override
		public Void visitMethod(MethodTree method, Void unused) {
			if (!isOverriding(method) && !isCompactConstructor(method)) {
				check(method.getName().toString());
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
			return method.getName().contentEquals("<init>")
					&& getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.RECORD;
		}

		@Override
		public Void visitVariable(VariableTree field, Void unused) {
			if (getCurrentPath().getParentPath().getLeaf().getKind() == Tree.Kind.ENUM) {
				check(field.getName().toString());
			}
			return null;
		}

		private void check(String name) {
			if (isVisible(getCurrentPath()) && this.docTrees.getDocComment(getCurrentPath()) == null) {
				this.undocumented.add(getCurrentPath().getCompilationUnit().getSourceFile().getName() + ": " + name);
			}
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
					|| path.getParentPath().getLeaf().getKind() == Tree.Kind.INTERFACE;
		}

		private static ModifiersTree modifiers(Tree tree) {
			if (tree instanceof ClassTree type) {
				return type.getModifiers();
			}
			return (tree instanceof MethodTree method) ? method.getModifiers() : ((VariableTree) tree).getModifiers();
		}

	}

}
