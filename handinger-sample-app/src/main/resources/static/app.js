const MOST_SHOWN = 50;
const STATES = { sending: 'Sending', running: 'Running', completed: 'Completed', failed: 'Failed' };
const WAYS = { answer: 'HTTP response', 'look-up': 'polling', delivery: 'webhook', reconciliation: 'reconciliation', run: 'durable run' };
const FAULTS = {
	drop: { input: 'Compare these hotels while the connection drops. [drop] [delay=4s]' },
	webhook: { input: 'Compare these hotels while the webhook is lost. [webhook=lost] [delay=1s]' },
	fail: { input: 'Compare hotels that do not exist. [end=error] [delay=1s]' },
	report: { input: 'Compare the hotels of Barcelona. [answer=report] [delay=1s]' },
	many: { count: 1000, input: 'One of a thousand. [delay=5s]' },
};

const tasks = new Map();
const files = [];
const drawn = new Map();
const ended = [];
let health = null;
let simulated = false;
let total = 0;
let selected = null;
let looks = 0;
let outdated = false;
let retry = null;

const $ = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
	const made = Object.assign(document.createElement(name), properties);
	made.append(...children);
	return made;
}

/* Events from the sample. */

function connect() {
	const events = new EventSource('events');
	events.addEventListener('open', () => {
		outdated = true;
		$('connection').hidden = true;
	});
	events.addEventListener('error', () => {
		$('connection').hidden = false;
		if (events.readyState === EventSource.CLOSED) {
			setTimeout(connect, 3000);
		}
	});
	events.addEventListener('status', (event) => showStatus(JSON.parse(event.data)));
	events.addEventListener('health', (event) => {
		health = JSON.parse(event.data);
		showHealth();
	});
	events.addEventListener('tasks', (event) => update(JSON.parse(event.data)));
	events.addEventListener('deliveries', (event) => JSON.parse(event.data).forEach(showDelivery));
}
connect();

function showStatus(status) {
	simulated = status.simulated;
	total = status.tasks;
	$('faults').hidden = !simulated;
	$('running').textContent = status.running;
	showHealth();
	showMore();
}

function showHealth() {
	if (health) {
		$('health').dataset.status = health.status;
		$('health').textContent = `${health.status}${simulated ? ' (simulator)' : ''}${health.error ? `: ${health.error}` : ''}`;
	}
}

function update(changed) {
	if (outdated) {
		outdated = false;
		[...tasks.keys()].filter((id) => tasks.get(id).state !== 'sending').forEach((id) => tasks.delete(id));
	}
	for (const task of changed) {
		const before = tasks.get(task.taskId);
		tasks.set(task.taskId, task);
		if (before && before.state !== task.state && task.state !== 'running') {
			ended.push(`${task.title}: ${STATES[task.state]}`);
		}
		if (task.taskId === selected) {
			showDetail();
		}
	}
	if (selected && !tasks.has(selected)) {
		deselect();
	}
	showTasks();
}

/* Tasks that finish together are announced in one sentence. */
setInterval(() => {
	if (ended.length) {
		$('announcement').textContent = ended.length === 1 ? ended[0] : `${ended.length} tasks have finished`;
		ended.length = 0;
	}
}, 1000);

/* The list of tasks. */

function showTasks() {
	const newest = [...tasks.values()].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
	const rows = newest.slice(0, MOST_SHOWN);
	const list = $('tasks');
	const known = new Map([...list.children].map((row) => [row.dataset.id, row]));
	let previous = null;
	for (const task of rows) {
		const row = known.get(task.taskId) ?? newRow(task.taskId);
		known.delete(task.taskId);
		showRow(row, task);
		const place = previous ? previous.nextElementSibling : list.firstElementChild;
		if (place !== row) {
			list.insertBefore(row, place);
		}
		previous = row;
	}
	known.forEach((row) => row.remove());
	$('no-tasks').hidden = rows.length > 0;
	showMore();
	showTimes();
}

function showMore() {
	const count = Math.max(total, tasks.size);
	$('more-tasks').hidden = count <= MOST_SHOWN;
	$('more-tasks').textContent = `Showing ${MOST_SHOWN} of ${count}`;
}

function newRow(id) {
	const button = element('button', { type: 'button' },
		element('span', { className: 'title' }), element('span', { className: 'time' }), element('span', { className: 'word' }));
	button.addEventListener('click', () => select(id, true));
	const row = element('li', {}, button);
	row.dataset.id = id;
	return row;
}

function showRow(row, task) {
	const button = row.firstElementChild;
	button.querySelector('.title').textContent = task.title;
	const word = button.querySelector('.word');
	word.textContent = STATES[task.state];
	word.dataset.state = task.state;
	if (task.taskId === selected) {
		button.setAttribute('aria-current', 'true');
	}
	else {
		button.removeAttribute('aria-current');
	}
	const running = runs(task);
	let progress = button.querySelector('progress');
	if (running && !progress) {
		progress = element('progress');
		progress.setAttribute('aria-label', 'Running');
		button.append(progress);
	}
	else if (!running && progress) {
		progress.remove();
	}
}

function showTimes() {
	for (const row of $('tasks').children) {
		row.querySelector('.time').textContent = elapsed(tasks.get(row.dataset.id));
	}
	if (selected && tasks.has(selected)) {
		$('detail-time').textContent = elapsed(tasks.get(selected));
	}
}
setInterval(showTimes, 500);

function elapsed(task) {
	const end = task.endedAt ? Date.parse(task.endedAt) : Date.now();
	const seconds = Math.max(0, Math.round((end - Date.parse(task.startedAt)) / 1000));
	return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/* One task. */

function select(id, focus) {
	if (id !== selected) {
		selected = id;
		drawn.clear();
		$('turns').replaceChildren();
		$('detail-totals').replaceChildren();
		$('detail-problem').hidden = true;
		$('follow-up-input').value = '';
	}
	$('detail').hidden = false;
	showTasks();
	showDetail();
	if (focus) {
		$('detail-title').focus();
	}
}

function deselect() {
	selected = null;
	$('detail').hidden = true;
}

async function showDetail() {
	const id = selected;
	const look = ++looks;
	const task = tasks.get(id);
	if (!task) {
		return;
	}
	const running = runs(task);
	$('detail-title').textContent = task.title;
	const state = $('detail-state');
	state.textContent = STATES[task.state];
	state.dataset.state = task.state;
	$('detail-progress').hidden = !running;
	$('detail-error').hidden = !task.error;
	$('detail-error').textContent = task.error ? `${task.error.replace(/[.]?$/, '.')} You can ask a follow-up below.` : '';
	$('follow-up-hint').textContent = running ? 'You can ask a follow-up once this turn has finished.' : '';
	$('follow-up-button').disabled = running;
	if (task.state === 'sending') {
		return;
	}
	let problem = null;
	try {
		const answer = await fetch(`tasks/${encodeURIComponent(id)}`);
		if (answer.ok) {
			const found = await answer.json();
			if (look === looks) {
				showTurns(found);
			}
		}
		else {
			problem = await sentenceOf(answer);
		}
	}
	catch {
		problem = 'Can\'t reach the sample.';
	}
	if (look === looks) {
		$('detail-problem').hidden = !problem;
		$('detail-problem-text').textContent = problem ? `Can't show the answer. ${problem}` : '';
		if (problem && running) {
			setTimeout(() => look === looks && showDetail(), 3000);
		}
	}
}
$('detail-retry').addEventListener('click', () => {
	$('detail-title').focus();
	showDetail();
});

function runs(task) {
	return task?.state === 'running' || task?.state === 'sending';
}

/* Unchanged parts stay in place, so that they keep focus and selection. */
function showTurns({ task, turns, arrivals, sources }) {
	const tokens = (field) => turns.reduce((sum, turn) => sum + (turn[field] ?? 0), 0);
	$('detail-totals').replaceChildren(
		fact('Credits', task.totals.credits),
		fact('Tokens', `${tokens('inputTokens')} in, ${tokens('outputTokens')} out`),
		fact('Duration', `${(task.totals.durationMs / 1000).toFixed(1)} s`),
		...(arrivals.length ? [fact('Result received via', [...new Set(arrivals.map((arrival) => WAYS[arrival.by]))].join(' + '))] : []));
	const wanted = new Map(turns.map((turn) => [JSON.stringify(turn), () => turnOf(turn)]));
	if (sources.length) {
		wanted.set(JSON.stringify(sources), () => sourcesOf(sources));
	}
	for (const [key, part] of drawn) {
		if (!wanted.has(key)) {
			part.remove();
			drawn.delete(key);
		}
	}
	let place = $('turns').firstElementChild;
	for (const [key, make] of wanted) {
		if (!drawn.has(key)) {
			drawn.set(key, make());
		}
		const part = drawn.get(key);
		if (part === place) {
			place = place.nextElementSibling;
		}
		else {
			$('turns').insertBefore(part, place);
		}
	}
}

function fact(name, value) {
	return element('div', {}, element('dt', { textContent: name }), element('dd', { textContent: value }));
}

function turnOf(turn) {
	const article = element('article', { className: 'turn' }, element('p', { className: 'asked', textContent: turn.input }));
	article.setAttribute('aria-label', `Turn ${turn.seq}`);
	if (turn.outputText) {
		const answer = element('div', { className: 'answer', innerHTML: sanitised(turn.outputText) });
		answer.tabIndex = 0;
		answer.setAttribute('role', 'region');
		answer.setAttribute('aria-label', `Answer of turn ${turn.seq}`);
		article.append(answer);
	}
	if (turn.structuredOutput) {
		const output = element('div', { className: 'output', tabIndex: 0 }, tableOf(turn.structuredOutput));
		output.setAttribute('role', 'region');
		output.setAttribute('aria-label', `Structured output of turn ${turn.seq}`);
		article.append(element('h3', { textContent: 'Structured output' }), output);
	}
	if (turn.files?.length) {
		article.append(element('h3', { textContent: 'Files' }), element('ul', {}, ...turn.files.map((file) =>
			element('li', {}, link(file.url, file.filename, { download: file.filename ?? '' })))));
	}
	return article;
}

/* Images are shown as links: loading one would reveal the reader to its server. */
marked.use({
	renderer: {
		image: ({ href, text }) => element('a', { href, textContent: text || href }).outerHTML,
		checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
	},
});
DOMPurify.addHook('afterSanitizeAttributes', (node) => {
	if (node.tagName === 'A') {
		Object.assign(node, { target: '_blank', rel: 'noopener noreferrer' });
	}
});

function sanitised(markdown) {
	return DOMPurify.sanitize(marked.parse(markdown), {
		USE_PROFILES: { html: true },
		ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
		ALLOW_ARIA_ATTR: false,
		ALLOW_DATA_ATTR: false,
		FORBID_ATTR: ['style', 'class', 'id', 'name', 'role', 'tabindex', 'hidden', 'popover'],
		FORBID_TAGS: ['style', 'form', 'input', 'button', 'select', 'option', 'optgroup', 'datalist', 'textarea', 'fieldset', 'dialog',
			'img', 'picture', 'map', 'area', 'video', 'audio', 'source', 'track'],
	});
}

function link(url, text, properties) {
	return /^https?:\/\//i.test(url)
		? element('a', { href: url, textContent: text || url, ...properties })
		: element('span', { textContent: text || url });
}

function sourcesOf(sources) {
	return element('section', { className: 'turn' }, element('h3', { textContent: 'Sources' }), element('ul', {},
		...sources.map((source) => element('li', {},
			link(source.url, source.title, { rel: 'noopener noreferrer', target: '_blank' })))));
}

function tableOf(value) {
	if (Array.isArray(value)) {
		const names = [...new Set(value.flatMap((row) => (isObject(row) ? Object.keys(row) : [])))];
		if (names.length && value.every(isObject)) {
			return element('table', {},
				element('thead', {}, element('tr', {}, ...names.map((name) => heading(name, 'col')))),
				element('tbody', {}, ...value.map((row) => element('tr', {}, ...names.map((name) => element('td', {}, tableOf(row[name])))))));
		}
		return value.some((part) => part && typeof part === 'object')
			? element('ul', {}, ...value.map((part) => element('li', {}, tableOf(part))))
			: document.createTextNode(value.join(', ') || '–');
	}
	if (isObject(value) && Object.keys(value).length) {
		return element('table', {}, element('tbody', {}, ...Object.entries(value).map(([name, part]) =>
			element('tr', {}, heading(name, 'row'), element('td', {}, tableOf(part))))));
	}
	return document.createTextNode(isObject(value) ? '–' : value ?? '');
}

function isObject(value) {
	return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function heading(text, scope) {
	return element('th', { textContent: text, scope });
}

/* Starting tasks. */

$('composer').addEventListener('submit', (event) => {
	event.preventDefault();
	submit($('composer'), $('input'), { budget: new FormData($('composer')).get('budget') }, files.splice(0));
	showFiles();
});
for (const form of [$('composer'), $('follow-up')]) {
	form.addEventListener('keydown', (event) => {
		if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
			event.preventDefault();
			form.requestSubmit();
		}
	});
}
$('follow-up').addEventListener('submit', (event) => {
	event.preventDefault();
	if (!runs(tasks.get(selected))) {
		$('follow-up-input').focus();
		submit($('follow-up'), $('follow-up-input'), { taskId: selected }, []);
	}
});
for (const box of [$('input'), $('follow-up-input')]) {
	box.addEventListener('input', () => box.setCustomValidity(box.value.trim() || !box.value ? '' : 'Describe what you want done.'));
}

/* If a task could not be started, its input returns to the text box, unless the box has new text by then. */
function submit(form, box, rest, attached) {
	const request = { ...rest, input: box.value };
	box.value = '';
	start(request, attached, () => {
		if (box.value || (request.taskId && request.taskId !== selected)) {
			return null;
		}
		box.value = request.input;
		files.unshift(...attached);
		showFiles();
		return () => {
			box.focus();
			form.requestSubmit();
		};
	});
}
$('faults').addEventListener('click', (event) => {
	const fault = FAULTS[event.target.dataset?.fault];
	if (fault?.count) {
		startMany(fault);
	}
	else if (fault) {
		start({ input: fault.input, budget: 'low' }, [], () => null);
	}
});

async function start(request, attached, giveBack) {
	const taskId = request.taskId ?? newTaskId();
	const before = tasks.get(taskId);
	const title = request.input.trim().slice(0, 80);
	tasks.set(taskId, { taskId, title, startedAt: new Date().toISOString(), state: 'sending' });
	select(taskId, false);
	await attempt(() => send('tasks', body({ ...request, taskId }, attached)), () => {
		if (tasks.get(taskId)?.state === 'sending') {
			if (before) {
				tasks.set(taskId, before);
			}
			else {
				tasks.delete(taskId);
			}
			if (selected === taskId && !before) {
				deselect();
			}
			showTasks();
			showDetail();
		}
		return giveBack() ?? (() => start(request, attached, giveBack));
	});
}

function startMany({ count, input }) {
	return attempt(() => send('tasks/batch', body({ count, task: { input, budget: 'low' } }, [])), () => () => startMany({ count, input }));
}

/* Nothing is sent again automatically: the user decides. */
async function attempt(call, giveUp) {
	$('problem').hidden = true;
	let sentence;
	try {
		const answer = await call();
		if (answer.ok) {
			return;
		}
		sentence = await sentenceOf(answer);
	}
	catch {
		sentence = 'Can\'t reach the sample. If the task was started, it appears in the list once the connection is back.';
	}
	showProblem(sentence, giveUp());
}

async function sentenceOf(answer) {
	const problem = await answer.json().catch(() => ({}));
	return (problem.detail ?? `The sample responded with status ${answer.status}`).replace(/[.]?$/, '.');
}

function showProblem(sentence, again) {
	retry = again;
	$('problem-retry').hidden = !again;
	$('problem-text').textContent = sentence;
	$('problem').hidden = false;
	$('problem').scrollIntoView({ block: 'nearest' });
}
$('problem-retry').addEventListener('click', () => retry?.());
$('problem-close').addEventListener('click', () => {
	$('problem').hidden = true;
	$('input').focus();
});

function send(path, { type, content }) {
	return fetch(path, { method: 'POST', headers: type ? { 'Content-Type': type } : {}, body: content });
}

function body(request, attached) {
	if (!attached.length) {
		return { type: 'application/json', content: JSON.stringify(request) };
	}
	const form = new FormData();
	Object.entries(request).filter(([, value]) => value).forEach(([name, value]) => form.append(name, value));
	attached.forEach((file) => form.append('files', file));
	return { content: form };
}

function newTaskId() {
	const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
	let time = Date.now();
	let id = '';
	for (let i = 0; i < 10; i++) {
		id = digits[time % 32] + id;
		time = Math.floor(time / 32);
	}
	return `tsk_${id}${[...crypto.getRandomValues(new Uint8Array(16))].map((byte) => digits[byte % 32]).join('')}`;
}

/* Files. */

$('files').addEventListener('change', (event) => {
	files.push(...event.target.files);
	event.target.value = '';
	showFiles();
});
document.addEventListener('dragover', (event) => {
	if (hasFiles(event)) {
		event.preventDefault();
		$('drop').classList.add('over');
	}
});
document.addEventListener('dragleave', (event) => $('drop').classList.toggle('over', Boolean(event.relatedTarget) && hasFiles(event)));
document.addEventListener('drop', (event) => {
	if (hasFiles(event)) {
		event.preventDefault();
		$('drop').classList.remove('over');
		const dropped = [...event.dataTransfer.items].filter((item) => item.kind === 'file');
		const wanted = dropped.filter((item) => !item.webkitGetAsEntry()?.isDirectory).map((item) => item.getAsFile());
		files.push(...wanted);
		showFiles();
		if (wanted.length < dropped.length) {
			showProblem('Folders can\'t be attached. Drop the files inside instead.', null);
		}
	}
});

function hasFiles(event) {
	return event.dataTransfer.types.includes('Files');
}

function showFiles() {
	$('file-list').replaceChildren(...files.map((file, index) => {
		const remove = element('button', { type: 'button', textContent: 'Remove' });
		remove.setAttribute('aria-label', `Remove ${file.name}`);
		remove.addEventListener('click', () => {
			files.splice(index, 1);
			showFiles();
			$('files').focus();
		});
		return element('li', {}, element('span', { textContent: file.name }), remove);
	}));
}

/* Deliveries. */

function showDelivery(delivery) {
	const list = $('deliveries');
	if ([...list.children].some((row) => row.dataset.number === `${delivery.number}` && row.dataset.at === delivery.at)) {
		return;
	}
	const outcome = element('strong', { textContent: delivery.outcome });
	outcome.dataset.outcome = delivery.outcome;
	const time = element('time', { dateTime: delivery.at, textContent: new Date(delivery.at).toLocaleTimeString() });
	const row = element('li', {}, time, ' ', outcome, ' ', delivery.taskId ?? 'without a valid token');
	row.dataset.number = delivery.number;
	row.dataset.at = delivery.at;
	list.prepend(row);
	while (list.children.length > MOST_SHOWN) {
		list.lastElementChild.remove();
	}
	$('no-deliveries').hidden = true;
}
