// Calls every method of the vendor's TypeScript SDK. Prints one line of JSON for each exchange with the API, and one
// with the methods that were not called.
import { File } from 'node:buffer';
import Handinger, { toFile } from '@ramensoft/handinger';

globalThis.File ??= File;

const called = new Set();

const client = new Handinger({
  maxRetries: 0,
  fetch: async (url, init) => {
    const response = await fetch(url, init);
    const body = await response.clone().text();
    console.log(JSON.stringify({ method: init.method, path: new URL(url).pathname, status: response.status, body }));
    return response;
  },
});

const resources = {
  tasks: client.tasks,
  workers: client.workers,
  schedules: client.workers.schedules,
  webhooks: client.workers.webhooks,
};

async function call(resource, method, ...parameters) {
  called.add(`${resource}.${method}`);
  return await resources[resource][method](...parameters);
}

function check(condition, message) {
  if (!condition) {
    throw new Error(message);
  }
}

const file = await toFile(Buffer.from('hotel,price\nMar,95\n'), 'prices.csv', { type: 'text/csv' });

const template = await call('workers', 'create', {
  prompt: 'A worker that tells the weather. Always in degrees Celsius.',
  outputSchema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
});
const workerId = template.id;
await call('workers', 'update', workerId, { title: 'Forecaster', visibility: 'private' });
await call('workers', 'retrieve', workerId);
await call('workers', 'retrieveEmail', workerId);

await call('webhooks', 'retrieve', workerId);
await call('webhooks', 'update', workerId, { url: 'http://localhost:1/handinger' });
await call('webhooks', 'regenerateToken', workerId);

const taskId = 'tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D';
const worker = await call('tasks', 'create', { input: 'The weather in Barcelona?', taskId, workerId });
check(worker.structured_output.city, 'structured output');
check(worker.output_text, 'output text');
const followUp = await call('tasks', 'create', { input: 'And tomorrow?', taskId, budget: 'low' });
check(followUp.messages.length === 4, 'all messages of the task');
const { task } = await call('tasks', 'retrieve', taskId);
check(task.status === 'completed' && task.totals.turnCount === 2, 'a completed task with two turns');
const turns = await call('tasks', 'listTurns', taskId);
check(turns.items.length === 2 && turns.items[0].seq === 0, 'two turns from 0');
await call('workers', 'retrieve', workerId, { taskId });
for (const upload of [{ files: file }, { files: [file, file] }, { file }]) {
  const reader = await call('tasks', 'create', { input: 'Read this', workerId, ...upload });
  check(reader.files.length === [upload.files ?? upload.file].flat().length, 'each uploaded file');
  const headers = { Authorization: `Bearer ${client.apiKey}` };
  const content = await (await fetch(reader.files[0].url, { headers })).text();
  check(content.startsWith('hotel,price'), 'the content of the file');
}
await call('tasks', 'delete', taskId);

const whens = [
  { type: 'scheduled', date: new Date(Date.now() + 3600_000).toISOString() },
  { type: 'delayed', delayInSeconds: 3600 },
  { type: 'cron', cron: '0 9 * * 1' },
  { type: 'interval', intervalSeconds: 86400 },
];
for (const when of whens) {
  await call('schedules', 'create', workerId, { input: 'The weather?', when });
}
const { schedules } = await call('schedules', 'list', workerId);
check(schedules.length === whens.length, 'all schedules');
await call('schedules', 'cancel', schedules[0].id, { workerId });

let executions = { totalCount: 0 };
while (executions.totalCount === 0) {
  executions = await call('webhooks', 'listExecutions', workerId, { page: 1 });
}
await call('webhooks', 'delete', workerId);
await call('workers', 'delete', workerId);
await call('tasks', 'retrieve', 'tsk_none').then(
  () => check(false, 'an error'),
  (error) => check(error instanceof Handinger.NotFoundError, 'a NotFoundError'),
);

const methods = Object.entries(resources).flatMap(([name, resource]) =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(resource))
    .filter((method) => method !== 'constructor')
    .map((method) => `${name}.${method}`),
);
console.log(JSON.stringify({ notCalled: methods.filter((method) => !called.has(method)) }));
