const MOST_SHOWN = 50;
const STATES = { sending: 'Sending', running: 'Running', completed: 'Completed', failed: 'Failed' };
const FAULTS = {
	drop: { input: 'Compare these hotels, while the connection is dropped. [drop] [delay=4s]' },
	webhook: { input: 'Compare these hotels, while the call of the webhook is lost. [webhook=lost] [delay=1s]' },
	fail: { input: 'Compare hotels that do not exist. [end=error] [delay=1s]' },
	report: { input: 'Compare the hotels of Barcelona. [answer=report] [delay=1s]' },
	many: { count: 1000, input: 'One of a thousand. [delay=5s]' },
};

const tasks = new Map();
const files = [];
let simulated = false;
let selected = null;
let shown = null;
let outdated = false;
let retry = null;

const $ = (id) => document.getElementById(id);

function element(name, properties = {}, ...children) {
	const made = Object.assign(document.createElement(name), properties);
	made.append(...children);
	return made;
}

/* What the sample tells. */

const events = new EventSource('events');
events.addEventListener('open', () => {
	outdated = true;
	$('connection').hidden = true;
});
events.addEventListener('error', () => {
	$('connection').hidden = false;
});
events.addEventListener('status', (event) => showStatus(JSON.parse(event.data)));
events.addEventListener('tasks', (event) => update(JSON.parse(event.data)));
events.addEventListener('deliveries', (event) => JSON.parse(event.data).forEach(showDelivery));

function showStatus(status) {
	simulated = status.simulated;
	$('faults').hidden = !simulated;
	$('running').textContent = status.running;
	const health = $('health');
	health.dataset.status = status.health.status;
	const details = status.health.details ?? {};
	health.textContent = details.error
		? `${status.health.status}: ${details.error}`
		: `${status.health.status}${simulated ? ' (simulator)' : ''}`;
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
			announce(`${task.title}: ${STATES[task.state]}`);
		}
		if (task.taskId === selected) {
			showDetail();
		}
	}
	showTasks();
}

function announce(text) {
	$('announcement').textContent = text;
}

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
	$('more-tasks').hidden = newest.length <= MOST_SHOWN;
	$('more-tasks').textContent = `and ${newest.length - MOST_SHOWN} before these`;
	showTimes();
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
	const running = task.state === 'running' || task.state === 'sending';
	let progress = button.querySelector('progress');
	if (running && !progress) {
		progress = element('progress');
		progress.setAttribute('aria-label', 'Runs');
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
	selected = id;
	shown = null;
	$('turns').replaceChildren();
	$('detail-totals').replaceChildren();
	$('detail').hidden = false;
	showTasks();
	showDetail();
	if (focus) {
		$('detail-title').focus();
	}
}

async function showDetail() {
	const id = selected;
	const task = tasks.get(id);
	if (!task) {
		return;
	}
	const running = task.state === 'running' || task.state === 'sending';
	$('detail-title').textContent = task.title;
	const state = $('detail-state');
	state.textContent = STATES[task.state];
	state.dataset.state = task.state;
	$('detail-progress').hidden = !running;
	$('detail-error').hidden = !task.error;
	$('detail-error').textContent = task.error ? `${task.error.replace(/[.]?$/, '.')} You can ask further below.` : '';
	$('follow-up').hidden = running;
	if (task.state === 'sending') {
		return;
	}
	const answer = await fetch(`tasks/${encodeURIComponent(id)}`);
	if (answer.ok && selected === id) {
		const text = await answer.text();
		if (text !== shown) {
			shown = text;
			showTurns(JSON.parse(text));
		}
	}
}

function showTurns({ task, turns, arrivals, sources }) {
	const tokens = (field) => turns.reduce((sum, turn) => sum + (turn[field] ?? 0), 0);
	$('detail-totals').replaceChildren(
		fact('Credits', task.totals.credits),
		fact('Tokens', `${tokens('inputTokens')} in, ${tokens('outputTokens')} out`),
		fact('Duration', `${(task.totals.durationMs / 1000).toFixed(1)} s`),
		...(arrivals.length ? [fact('Came by', [...new Set(arrivals.map((arrival) => arrival.by))].join(', '))] : []));
	$('turns').replaceChildren(...turns.map(turnOf), ...(sources.length ? [sourcesOf(sources)] : []));
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
		article.append(element('h3', { textContent: 'Structured output' }), tableOf(turn.structuredOutput));
	}
	if (turn.files?.length) {
		article.append(element('h3', { textContent: 'Files' }), element('ul', {}, ...turn.files.map((file) =>
			element('li', {}, element('a', { href: httpUrl(file.url), download: file.filename ?? '', textContent: file.filename ?? file.url })))));
	}
	return article;
}

function sanitised(markdown) {
	return DOMPurify.sanitize(marked.parse(markdown), { FORBID_TAGS: ['img', 'style', 'form', 'input', 'button', 'video', 'audio', 'svg', 'math'] });
}

function httpUrl(url) {
	return /^https?:\/\//i.test(url) ? url : '#';
}

function sourcesOf(sources) {
	return element('section', { className: 'turn' }, element('h3', { textContent: 'Sources' }), element('ul', {},
		...sources.map((source) => element('li', {},
			element('a', { href: httpUrl(source.url), textContent: source.title ?? source.url, rel: 'noopener noreferrer', target: '_blank' })))));
}

function tableOf(value) {
	if (Array.isArray(value)) {
		const names = [...new Set(value.flatMap((row) => (row && typeof row === 'object' ? Object.keys(row) : [])))];
		if (!names.length) {
			return document.createTextNode(value.join(', '));
		}
		return element('table', {},
			element('thead', {}, element('tr', {}, ...names.map((name) => heading(name, 'col')))),
			element('tbody', {}, ...value.map((row) => element('tr', {}, ...names.map((name) => element('td', {}, tableOf(row?.[name])))))));
	}
	if (value && typeof value === 'object') {
		return element('table', {}, element('tbody', {}, ...Object.entries(value).map(([name, part]) =>
			element('tr', {}, heading(name, 'row'), element('td', {}, tableOf(part))))));
	}
	return document.createTextNode(value ?? '');
}

function heading(text, scope) {
	return element('th', { textContent: text, scope });
}

/* What a person starts. */

$('composer').addEventListener('submit', (event) => {
	event.preventDefault();
	const input = $('input').value;
	const budget = new FormData($('composer')).get('budget');
	start({ input, budget }, files.splice(0));
	$('input').value = '';
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
	start({ input: $('follow-up-input').value, taskId: selected }, []);
	$('follow-up-input').value = '';
});
$('faults').addEventListener('click', (event) => {
	const fault = FAULTS[event.target.dataset?.fault];
	if (fault?.count) {
		startMany(fault);
	}
	else if (fault) {
		start({ input: fault.input, budget: 'low' }, []);
	}
});

async function start(request, attached) {
	const taskId = request.taskId ?? newTaskId();
	const before = tasks.get(taskId);
	tasks.set(taskId, { taskId, title: request.input.trim(), startedAt: new Date().toISOString(), state: 'sending' });
	select(taskId, false);
	await attempt(() => send('tasks', body({ ...request, taskId }, attached)), () => start({ ...request, taskId: request.taskId }, attached), () => {
		if (tasks.get(taskId)?.state === 'sending') {
			if (before) {
				tasks.set(taskId, before);
			}
			else {
				tasks.delete(taskId);
				$('detail').hidden = true;
				selected = null;
			}
			showTasks();
			showDetail();
		}
	});
}

function startMany({ count, input }) {
	return attempt(() => send('tasks/batch', body({ count, task: { input, budget: 'low' } }, [])), () => startMany({ count, input }), () => {});
}

/* Nothing is sent twice by itself: a person decides. */
async function attempt(call, again, giveUp) {
	$('problem').hidden = true;
	let sentence;
	try {
		const answer = await call();
		if (answer.ok) {
			return;
		}
		const problem = await answer.json().catch(() => ({}));
		sentence = problem.detail ?? `The sample has answered with ${answer.status}.`;
	}
	catch {
		sentence = 'The sample is not to be reached. If the task was started, it shows in the list when the connection is back.';
	}
	giveUp();
	retry = again;
	$('problem-text').textContent = sentence;
	$('problem').hidden = false;
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
for (const type of ['dragenter', 'dragover']) {
	$('drop').addEventListener(type, (event) => {
		event.preventDefault();
		$('drop').classList.add('over');
	});
}
$('drop').addEventListener('dragleave', () => $('drop').classList.remove('over'));
$('drop').addEventListener('drop', (event) => {
	event.preventDefault();
	$('drop').classList.remove('over');
	files.push(...event.dataTransfer.files);
	showFiles();
});

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
