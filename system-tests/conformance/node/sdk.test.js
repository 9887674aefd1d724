// OpenAI's Node SDK as it comes against a running Longhaul, each answer held against the OpenAPI document.
// LONGHAUL_BASE_URL (with /v1) and LONGHAUL_API_KEY say where, LONGHAUL_SMALL_URL where files may have 1 MiB, and
// LONGHAUL_EXPIRED_UPLOAD is the id of an upload whose hour is over.
// The backend is inference-sim: a text that begins with `sim:status=400` or `sim:latency=600000` makes a line fail or hang.
import assert from 'node:assert/strict';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import OpenAI, { toFile } from 'openai';
import { Contract } from './contract.js';

const baseURL = process.env.LONGHAUL_BASE_URL;
const apiKey = process.env.LONGHAUL_API_KEY;
const endpoints = [
  '/v1/responses',
  '/v1/chat/completions',
  '/v1/embeddings',
  '/v1/completions',
  '/v1/moderations',
  '/v1/images/generations',
  '/v1/images/edits',
  '/v1/videos',
];
const endpoint = '/v1/chat/completions';
const completion_window = '24h';
const hangs = 'sim:latency=600000';
const fails = 'sim:status=400';

const contract = await Contract.of(baseURL);
const fetchAndCheck = async (url, options = {}) => {
  const response = await fetch(url, options);
  await contract.check(url, options.method ?? 'GET', response);
  return response;
};
const client = (options = {}) => new OpenAI({ baseURL, apiKey, fetch: fetchAndCheck, ...options });
const longhaul = client();
const folder = mkdtempSync(join(tmpdir(), 'longhaul-node-'));
after(() => rmSync(folder, { recursive: true }));

const lines = (...texts) =>
  texts
    .map((content, number) => ({
      custom_id: `line-${number}`,
      method: 'POST',
      url: endpoint,
      body: { model: 'sim-chat', messages: [{ role: 'user', content }] },
    }))
    .map((line) => JSON.stringify(line) + '\n')
    .join('');

const upload = async (content = lines('Hello'), options = {}) =>
  longhaul.files.create({ file: await toFile(Buffer.from(content), 'input.jsonl'), purpose: 'batch', ...options });

const create = async (texts, options = {}) =>
  longhaul.batches.create({ input_file_id: (await upload(lines(...texts))).id, endpoint, completion_window, ...options });

const wait = async (batch, status) => {
  for (const until = Date.now() + 90_000; batch.status !== status; batch = await longhaul.batches.retrieve(batch.id)) {
    assert.ok(Date.now() < until, `not ${status} after 90 s: ${JSON.stringify(batch)}`);
    await pause(100);
  }
  return batch;
};

const results = async (id) =>
  (await (await longhaul.files.content(id)).text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const refused = async (promise, kind, param, code) => {
  let refusal;
  await assert.rejects(promise, (error) => {
    refusal = error;
    assert.ok(error instanceof kind, `${error}`);
    assert.deepEqual([error.param, error.code, error.type], [param, code, 'invalid_request_error']);
    assert.match(error.requestID, /^req_/);
    return true;
  });
  return refusal;
};

// What has ended can't be cancelled, and a client that repeats requests is told not to.
const refuseCancel = async (batch) => {
  let requests = 0;
  const counting = client({ fetch: (url, options) => ++requests && fetchAndCheck(url, options) });
  const error = await refused(counting.batches.cancel(batch.id), OpenAI.ConflictError, null, null);
  assert.ok(error.message.includes(`Cannot cancel a batch with status '${batch.status}'.`));
  assert.equal(requests, 1);
};

const all = async (list) => {
  const items = [];
  for await (const item of list) items.push(item);
  return items;
};

describe('files', { concurrency: true }, () => {
  test('takes streams, bytes and blobs', async () => {
    const path = join(folder, 'questions.jsonl');
    writeFileSync(path, lines('Hello'));
    for (const [file, name] of [
      [createReadStream(path), 'questions.jsonl'],
      [await toFile(Buffer.from(lines('Hello')), 'Fragen für später.jsonl'), 'Fragen für später.jsonl'],
      [new File([lines('Hello')], 'file.jsonl'), 'file.jsonl'],
    ]) {
      const created = await longhaul.files.create({ file, purpose: 'batch' });
      assert.deepEqual([created.filename, created.bytes, created.status], [name, lines('Hello').length, 'processed']);
      assert.equal(created.expires_at, created.created_at + 30 * 86_400);
      const { _request_id: one, ...found } = await longhaul.files.retrieve(created.id);
      assert.deepEqual(found, { ...created });
      assert.equal(await (await longhaul.files.content(created.id)).text(), lines('Hello'));
    }
  });

  test('keeps a file for as long as asked', async () => {
    const created = await upload(undefined, { expires_after: { anchor: 'created_at', seconds: 3_600 } });
    assert.equal(created.expires_at, created.created_at + 3_600);
    for (const [seconds, code] of [
      [3_599, 'integer_below_min_value'],
      [2_592_001, 'integer_above_max_value'],
    ]) {
      const short = upload(undefined, { expires_after: { anchor: 'created_at', seconds } });
      await refused(short, OpenAI.BadRequestError, 'expires_after[seconds]', code);
    }
  });

  test('refuses what is no batch file', async () => {
    for (const [name, content] of [
      ['a.txt', lines('Hello')],
      ['a.jsonl', ''],
      ['a.jsonl', 'no JSON\n'],
    ]) {
      const file = await toFile(Buffer.from(content), name);
      await assert.rejects(longhaul.files.create({ file, purpose: 'batch' }), /400.*invalid file format/i);
    }
    const wrong = upload(undefined, { purpose: 'nothing' });
    await refused(wrong, OpenAI.BadRequestError, 'purpose', 'invalid_value');
  });

  test('lists by purpose in both orders and page by page', async () => {
    const purpose = 'evals';
    const files = [];
    for (let number = 0; number < 5; number++) {
      files.push((await longhaul.files.create({ file: await toFile(Buffer.from('x'), 'a.bin'), purpose })).id);
    }
    const newest = await longhaul.files.list({ purpose, limit: 5 });
    assert.deepEqual(newest.data.map((file) => file.id), files.toReversed());
    const paged = (await all(longhaul.files.list({ purpose, order: 'asc', limit: 2 }))).map((file) => file.id);
    assert.deepEqual(paged.slice(-5), files);
    assert.equal(new Set(paged).size, paged.length);
    const rest = await all(longhaul.files.list({ purpose, order: 'asc', after: files[2] }));
    assert.deepEqual(rest.map((file) => file.id), files.slice(3));
  });

  test('lists nothing', async () => {
    const page = await longhaul.files.list({ purpose: 'assistants_output' });
    assert.deepEqual([page.data, page.has_more], [[], false]);
  });

  test('refuses wrong queries', async () => {
    const { BadRequestError, NotFoundError } = OpenAI;
    await refused(longhaul.files.list({ limit: 0 }), BadRequestError, 'limit', 'integer_below_min_value');
    await refused(longhaul.files.list({ limit: 10_001 }), BadRequestError, 'limit', 'integer_above_max_value');
    await refused(longhaul.files.list({ order: 'up' }), BadRequestError, 'order', 'invalid_value');
    await refused(longhaul.files.list({ after: 'file-none' }), NotFoundError, 'after', null);
  });

  test('streams any bytes', async () => {
    const content = randomBytes(300_000);
    const file = await longhaul.files.create({ file: await toFile(content, 'a.bin'), purpose: 'user_data' });
    assert.equal(file.bytes, content.length);
    const chunks = [];
    for await (const chunk of (await longhaul.files.content(file.id)).body) chunks.push(chunk);
    assert.ok(Buffer.concat(chunks).equals(content));
  });

  test('deletes', async () => {
    const { id } = await upload();
    const { _request_id: one, ...deleted } = await longhaul.files.delete(id);
    assert.deepEqual(deleted, { id, object: 'file', deleted: true });
    for (const call of ['retrieve', 'content', 'delete']) {
      const error = await refused(longhaul.files[call](id), OpenAI.NotFoundError, 'id', null);
      assert.ok(error.message.includes(`No such File object: ${id}`));
    }
  });

  test('sees that a file is too large', async () => {
    const small = client({ baseURL: process.env.LONGHAUL_SMALL_URL });
    const path = join(folder, 'large.jsonl');
    writeFileSync(path, Buffer.alloc(8 << 20, ' '));
    for (const file of [createReadStream(path), await toFile(Buffer.alloc(8 << 20, ' '), 'large.jsonl')]) {
      const error = await small.files.create({ file, purpose: 'batch' }).catch((error) => error);
      assert.deepEqual([error.status, error.param, error.type], [413, 'file', 'invalid_request_error']);
    }
  });

  test('is processed at once', async () => {
    const { id } = await upload();
    assert.equal((await longhaul.files.waitForProcessing(id, { maxWait: 1_000 })).status, 'processed');
  });
});

describe('uploads', { concurrency: true }, () => {
  const content = Buffer.from(lines('Hello', 'World', 'Good-bye'));
  const cuts = [content.subarray(0, 50), content.subarray(50, 60), content.subarray(60)];
  const begin = () =>
    longhaul.uploads.create({
      filename: 'input.jsonl',
      mime_type: 'application/jsonl',
      bytes: content.length,
      purpose: 'batch',
    });
  const add = async ({ id }, ...contents) =>
    Promise.all(contents.map(async (data) => (await longhaul.uploads.parts.create(id, { data: await toFile(data) })).id));

  test('puts parts together in the stated order', async () => {
    const upload = await begin();
    assert.deepEqual([upload.status, upload.expires_at - upload.created_at], ['pending', 3_600]);
    const [last, first, middle] = await add(upload, cuts[2], cuts[0], cuts[1]);
    const md5 = createHash('md5').update(content).digest('hex');
    const { status, file } = await longhaul.uploads.complete(upload.id, { part_ids: [first, middle, last], md5 });
    assert.deepEqual([status, file.bytes, file.purpose], ['completed', content.length, 'batch']);
    assert.equal(await (await longhaul.files.content(file.id)).text(), content.toString());
    await assert.rejects(add(upload, Buffer.from('more')), OpenAI.ConflictError);
  });

  test('refuses a wrong sum, digest or part and goes on', async () => {
    const upload = await begin();
    const part_ids = await add(upload, ...cuts);
    for (const [body, param] of [
      [{ part_ids, md5: '0'.repeat(32) }, 'md5'],
      [{ part_ids: part_ids.slice(0, 2) }, 'part_ids'],
      [{ part_ids: [...part_ids.slice(0, 2), 'part_none'] }, 'part_ids[2]'],
    ]) {
      await refused(longhaul.uploads.complete(upload.id, body), OpenAI.BadRequestError, param, 'invalid_value');
    }
    assert.equal((await longhaul.uploads.complete(upload.id, { part_ids })).status, 'completed');
  });

  test('cancels', async () => {
    const upload = await begin();
    const part_ids = await add(upload, ...cuts);
    assert.equal((await longhaul.uploads.cancel(upload.id)).status, 'cancelled');
    await refused(longhaul.uploads.complete(upload.id, { part_ids }), OpenAI.ConflictError, null, null);
    await assert.rejects(add(upload, Buffer.from('more')), OpenAI.ConflictError);
  });

  test('takes nothing more after an hour', async () => {
    const id = process.env.LONGHAUL_EXPIRED_UPLOAD;
    await assert.rejects(add({ id }, content), OpenAI.ConflictError);
    const late = longhaul.uploads.complete(id, { part_ids: ['part_any'] });
    const error = await refused(late, OpenAI.ConflictError, null, null);
    assert.ok(error.message.includes("status 'expired'"));
    await refused(longhaul.uploads.cancel(id), OpenAI.ConflictError, null, null);
  });
});

describe('batches', { concurrency: true }, () => {
  const unset = (batch, ...keys) => {
    for (const key of keys) assert.strictEqual(batch[key], null, key);
  };

  test('creates for each endpoint', async () => {
    const { id } = await upload();
    for (const each of endpoints) {
      const batch = await longhaul.batches.create({ input_file_id: id, endpoint: each, completion_window });
      assert.deepEqual([batch.object, batch.endpoint, batch.status], ['batch', each, 'validating']);
      assert.equal(batch.expires_at, batch.created_at + 86_400);
      assert.deepEqual(batch.request_counts, { total: 0, completed: 0, failed: 0 });
    }
  });

  test('keeps metadata up to its limits', async () => {
    const full = Object.fromEntries([...Array(16).keys()].map((n) => [`key${n}`.padEnd(64, 'k'), 'v'.repeat(512)]));
    const { id } = await create(['Hello'], { metadata: full });
    assert.deepEqual((await longhaul.batches.retrieve(id)).metadata, full);
    assert.deepEqual((await create(['Hello'], { metadata: null })).metadata, {});
    for (const [metadata, param, code] of [
      [{ ...full, one: 'more' }, 'metadata', 'object_above_max_properties'],
      [{ ['k'.repeat(65)]: '' }, 'metadata', 'property_name_above_max_length'],
      [{ key: 'v'.repeat(513) }, 'metadata.key', 'string_above_max_length'],
      [{ tags: ['a'] }, 'metadata.tags', 'invalid_type'],
    ]) {
      await refused(create(['Hello'], { metadata }), OpenAI.BadRequestError, param, code);
    }
  });

  test("takes what the other services' clients send", async () => {
    const more = { completion_window: 'unlimited', job_name: 'nightly', unheard_of: 1 };
    const batch = await create(['Hello'], more);
    assert.deepEqual([batch.completion_window, batch.expires_at], ['unlimited', 4_102_444_800]);
    assert.equal(batch.job_name, 'nightly');
    assert.equal((await create(['Hello'], { job_id: batch.job_id })).job_id, batch.job_id);
    await assert.rejects(create(['Hello'], { job_id: 'job-none' }), /404.*job-none/);
  });

  test('refuses what is missing or wrong', async () => {
    const good = { input_file_id: 'file-any', endpoint, completion_window };
    const seconds = 'output_expires_after.seconds';
    for (const [change, param, code] of [
      [{ input_file_id: undefined }, 'input_file_id', 'missing_required_parameter'],
      [{ endpoint: undefined }, 'endpoint', 'missing_required_parameter'],
      [{ endpoint: '/v1/nothing' }, 'endpoint', 'invalid_value'],
      [{ endpoint: 1 }, 'endpoint', 'invalid_type'],
      [{ completion_window: 'soon' }, 'completion_window', 'invalid_value'],
      [{ output_expires_after: { anchor: 'created_at', seconds: 3_599 } }, seconds, 'integer_below_min_value'],
      [{ output_expires_after: { anchor: 'created_at', seconds: 2_592_001 } }, seconds, 'integer_above_max_value'],
      [{ output_expires_after: { anchor: 'now', seconds: 3_600 } }, 'output_expires_after.anchor', 'invalid_value'],
    ]) {
      await refused(longhaul.batches.create({ ...good, ...change }), OpenAI.BadRequestError, param, code);
    }
  });

  test('completes', async () => {
    const asked = await create(['Hello', 'World', fails], {
      output_expires_after: { anchor: 'created_at', seconds: 7_200 },
    });
    const batch = await wait(asked, 'completed');
    assert.deepEqual(batch.request_counts, { total: 3, completed: 2, failed: 1 });
    const times = [batch.created_at, batch.in_progress_at, batch.finalizing_at, batch.completed_at, batch.expires_at];
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
    unset(batch, 'failed_at', 'expired_at', 'cancelling_at', 'cancelled_at', 'errors');
    assert.equal(batch.usage.total_tokens, batch.usage.input_tokens + batch.usage.output_tokens);
    const output = await results(batch.output_file_id);
    assert.deepEqual(output.map((line) => line.custom_id).sort(), ['line-0', 'line-1']);
    const errors = await results(batch.error_file_id);
    assert.deepEqual([errors[0].custom_id, errors[0].response.status_code], ['line-2', 400]);
    const file = await longhaul.files.retrieve(batch.output_file_id);
    assert.deepEqual([file.purpose, file.expires_at - file.created_at], ['batch_output', 7_200]);
  });

  test('fails for a file that is no batch', async () => {
    const { id } = await upload('{}\nnothing\n');
    const batch = await wait(await longhaul.batches.create({ input_file_id: id, endpoint, completion_window }), 'failed');
    unset(batch, 'in_progress_at', 'finalizing_at', 'completed_at', 'output_file_id', 'error_file_id');
    assert.ok(batch.failed_at >= batch.created_at);
    await refuseCancel(batch);
    assert.deepEqual(
      batch.errors.data.map((error) => [error.code, error.line]),
      [
        ['missing_required_parameter', 1],
        ['invalid_json_line', 2],
      ],
    );
  });

  test('expires', async () => {
    const batch = await wait(await create(['Hello', hangs], { completion_window: '10s' }), 'expired');
    unset(batch, 'completed_at', 'failed_at', 'cancelled_at', 'cancelling_at');
    assert.deepEqual(batch.request_counts, { total: 2, completed: 1, failed: 0 });
    assert.ok(batch.expired_at >= batch.expires_at);
    assert.deepEqual((await results(batch.output_file_id)).map((line) => line.custom_id), ['line-0']);
    const unserved = await results(batch.error_file_id);
    assert.deepEqual(
      unserved.map((line) => [line.custom_id, line.response, line.error.code]),
      [['line-1', null, 'batch_expired']],
    );
    await refuseCancel(batch);
  });

  test('cancels', async () => {
    const { id } = await create([hangs]);
    assert.equal((await longhaul.batches.cancel(id)).status, 'cancelling');
    assert.match((await longhaul.batches.cancel(id)).status, /^cancell(ing|ed)$/);
    const { _request_id: one, ...cancelled } = await wait(await longhaul.batches.retrieve(id), 'cancelled');
    const { _request_id: two, ...again } = await longhaul.batches.cancel(id);
    assert.deepEqual(again, cancelled);
  });

  test('cancels what runs and keeps what is done', async () => {
    let running = await create(['Hello', hangs]);
    for (const until = Date.now() + 60_000; running.request_counts.completed === 0; await pause(100)) {
      assert.ok(Date.now() < until);
      running = await longhaul.batches.retrieve(running.id);
    }
    assert.equal(running.status, 'in_progress');
    assert.equal((await longhaul.batches.cancel(running.id)).status, 'cancelling');
    const batch = await wait(running, 'cancelled');
    const times = [batch.created_at, batch.in_progress_at, batch.cancelling_at, batch.cancelled_at];
    assert.deepEqual(times, times.toSorted((a, b) => a - b));
    assert.ok(batch.cancelled_at);
    unset(batch, 'completed_at', 'failed_at', 'expired_at');
    assert.deepEqual(batch.request_counts, { total: 2, completed: 1, failed: 0 });
    assert.deepEqual((await results(batch.output_file_id)).map((line) => line.custom_id), ['line-0']);
    assert.equal((await results(batch.error_file_id))[0].error.code, 'batch_cancelled');
  });

  test('asks once to cancel what has completed', async () => {
    await refuseCancel(await wait(await create(['Hello']), 'completed'));
  });

  test('does not know another batch', async () => {
    await refused(longhaul.batches.cancel('batch_none'), OpenAI.NotFoundError, null, null);
    const error = await refused(longhaul.batches.retrieve('batch_none'), OpenAI.NotFoundError, null, null);
    assert.ok(error.message.includes("No batch found with id 'batch_none'."));
  });

  test('refuses wrong queries', async () => {
    const { BadRequestError, NotFoundError } = OpenAI;
    await refused(longhaul.batches.list({ limit: 0 }), BadRequestError, 'limit', 'integer_below_min_value');
    await refused(longhaul.batches.list({ limit: 101 }), BadRequestError, 'limit', 'integer_above_max_value');
    await refused(longhaul.batches.list({ limit: 'abc' }), BadRequestError, 'limit', 'invalid_type');
    await refused(longhaul.batches.list({ after: 'batch_none' }), NotFoundError, 'after', null);
  });
});

describe('lists', () => {
  test('pages to the end while batches are created', async () => {
    const { id } = await upload();
    const oneMore = async () =>
      (await longhaul.batches.create({ input_file_id: id, endpoint: '/v1/moderations', completion_window })).id;
    const mine = [];
    for (let number = 0; number < 5; number++) mine.push(await oneMore());
    const seen = [];
    for await (const batch of longhaul.batches.list({ limit: 2 })) {
      seen.push(batch.id);
      if (batch.id === mine[0]) break;
      await oneMore();
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(seen.filter((each) => mine.includes(each)), mine.toReversed());
    const last = (await all(longhaul.batches.list({ limit: 100 }))).at(-1);
    const page = await longhaul.batches.list({ after: last.id });
    assert.deepEqual([page.data, page.has_more], [[], false]);
  });
});

describe('answers', { concurrency: true }, () => {
  test('names the request', async () => {
    const { response, request_id } = await longhaul.batches.list({ limit: 1 }).withResponse();
    assert.match(request_id, /^req_/);
    assert.equal(response.headers.get('openai-version'), '2020-10-01');
    assert.match(response.headers.get('openai-processing-ms'), /^\d+$/);
  });

  test('works with and without /v1', async () => {
    const { id } = await create(['Hello']);
    const root = baseURL.replace(/\/v1$/, '');
    for (const base of [root, `${root}/v1/`, `${root}/api/llm`]) {
      assert.equal((await client({ baseURL: base }).batches.retrieve(id)).id, id);
    }
  });

  test('repeats safely with an idempotency key', async () => {
    const body = { input_file_id: (await upload()).id, endpoint, completion_window };
    const headers = { 'Idempotency-Key': randomUUID() };
    const created = await Promise.all([...Array(8)].map(() => longhaul.batches.create(body, { headers })));
    assert.equal(new Set(created.map((batch) => batch.id)).size, 1);
    const other = longhaul.batches.create({ ...body, metadata: { another: 'body' } }, { headers });
    await refused(other, OpenAI.ConflictError, 'Idempotency-Key', null);
  });

  test('lets nobody in with a wrong key', async () => {
    const stranger = client({ apiKey: 'sk-nobody-knows-this-one' });
    await refused(stranger.batches.list(), OpenAI.AuthenticationError, null, 'invalid_api_key');
  });
});
