"""OpenAI's Python SDK as it comes, responses strictly validated, against a running Longhaul.

LONGHAUL_BASE_URL (with /v1) and LONGHAUL_API_KEY, an operator's, say where; LONGHAUL_SMALL_URL where files may have
1 MiB; LONGHAUL_EXPIRED_UPLOAD is the id of an upload whose hour is over. The backend is inference-sim: a text that begins with
`sim:status=400` or `sim:latency=600000` makes a line fail or hang.
"""

import hashlib
import io
import json
import os
import tempfile
import threading
import time
import unittest
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import openai
from openai import OpenAI

BASE_URL = os.environ["LONGHAUL_BASE_URL"]
API_KEY = os.environ["LONGHAUL_API_KEY"]
ENDPOINTS = [
    "/v1/responses",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/completions",
    "/v1/moderations",
    "/v1/images/generations",
    "/v1/images/edits",
    "/v1/videos",
]
CHAT = "/v1/chat/completions"
HANGS = "sim:latency=600000"
FAILS = "sim:status=400"

sent = []


def client(**options):
    """A client that notes each request it sends."""
    options = {"base_url": BASE_URL, "api_key": API_KEY, "_strict_response_validation": True} | options
    http = openai.DefaultHttpxClient(event_hooks={"request": [lambda request: sent.append(request)]})
    return OpenAI(http_client=http, **options)


longhaul = client()


def lines(*texts):
    return b"".join(
        json.dumps(
            {
                "custom_id": f"line-{number}",
                "method": "POST",
                "url": CHAT,
                "body": {"model": "sim-chat", "messages": [{"role": "user", "content": text}]},
            }
        ).encode()
        + b"\n"
        for number, text in enumerate(texts)
    )


def upload(content=lines("Hello"), **options):
    return longhaul.files.create(file=("input.jsonl", content), purpose="batch", **options)


def create(*texts, **options):
    options = {"endpoint": CHAT, "completion_window": "24h"} | options
    return longhaul.batches.create(input_file_id=upload(lines(*texts)).id, **options)


def wait(batch, *statuses, limit=90):
    until = time.monotonic() + limit
    while batch.status not in statuses:
        if time.monotonic() > until:
            raise AssertionError(f"not {statuses} after {limit} s: {batch}")
        time.sleep(0.1)
        batch = longhaul.batches.retrieve(batch.id)
    return batch


def results(file_id):
    return [json.loads(line) for line in longhaul.files.content(file_id).text.splitlines()]


class Refusals(unittest.TestCase):
    def refused(self, kind, param, code, call, *arguments, **options):
        with self.assertRaises(kind) as caught:
            call(*arguments, **options)
        error = caught.exception
        self.assertEqual((error.param, error.code, error.type), (param, code, "invalid_request_error"))
        self.assertTrue(error.request_id.startswith("req_"))
        return error


class FilesTest(Refusals):
    def test_takes_a_path_bytes_a_stream_and_a_tuple(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "questions.jsonl")
            path.write_bytes(lines("Hello"))
            with path.open("rb") as stream:
                for kind, file, name in [
                    ("path", path, "questions.jsonl"),
                    ("stream", stream, "questions.jsonl"),
                    ("bytes", lines("Hello"), "upload"),
                    ("tuple", ("Fragen für später.jsonl", io.BytesIO(lines("Hello"))), "Fragen für später.jsonl"),
                ]:
                    with self.subTest(kind):
                        created = longhaul.files.create(file=file, purpose="batch")
                        self.assertEqual((created.filename, created.bytes), (name, len(lines("Hello"))))
                        self.assertEqual((created.purpose, created.status), ("batch", "processed"))
                        self.assertEqual(created.expires_at, created.created_at + 30 * 86_400)
                        self.assertEqual(longhaul.files.retrieve(created.id), created)
                        self.assertEqual(longhaul.files.content(created.id).read(), lines("Hello"))

    def test_keeps_a_file_for_as_long_as_asked(self):
        created = upload(expires_after={"anchor": "created_at", "seconds": 3_600})
        self.assertEqual(created.expires_at, created.created_at + 3_600)
        for seconds, code in [(3_599, "integer_below_min_value"), (2_592_001, "integer_above_max_value")]:
            self.refused(
                openai.BadRequestError,
                "expires_after[seconds]",
                code,
                upload,
                expires_after={"anchor": "created_at", "seconds": seconds},
            )

    def test_refuses_what_is_no_batch_file(self):
        for name, content in [("a.txt", lines("Hello")), ("a.jsonl", b""), ("a.jsonl", b"no JSON\n")]:
            with self.assertRaisesRegex(openai.BadRequestError, r"(?i)invalid file format"):
                longhaul.files.create(file=(name, content), purpose="batch")
        self.refused(
            openai.BadRequestError,
            "purpose",
            "invalid_value",
            longhaul.files.create,
            file=("a.jsonl", lines("Hello")),
            purpose="nothing",
        )

    def test_lists_by_purpose_in_both_orders_and_page_by_page(self):
        files = [longhaul.files.create(file=("a.bin", b"x"), purpose="vision").id for _ in range(5)]
        newest = longhaul.files.list(purpose="vision", limit=5)
        self.assertEqual([file.id for file in newest.data], files[::-1])
        paged = [file.id for file in longhaul.files.list(purpose="vision", order="asc", limit=2)]
        self.assertEqual(paged[-5:], files)
        self.assertEqual(len(set(paged)), len(paged))
        after = longhaul.files.list(purpose="vision", order="asc", after=files[2])
        self.assertEqual([file.id for file in after], files[3:])

    def test_lists_nothing(self):
        page = longhaul.files.list(purpose="assistants_output")
        self.assertEqual((page.data, page.has_more), ([], False))

    def test_refuses_wrong_queries(self):
        for limit, code in [(0, "integer_below_min_value"), (10_001, "integer_above_max_value")]:
            self.refused(openai.BadRequestError, "limit", code, longhaul.files.list, limit=limit)
        self.refused(openai.BadRequestError, "order", "invalid_value", longhaul.files.list, order="up")
        self.refused(openai.NotFoundError, "after", None, longhaul.files.list, after="file-none")

    def test_streams_any_bytes(self):
        content = os.urandom(300_000)
        created = longhaul.files.create(file=("a.bin", content), purpose="user_data")
        self.assertEqual(created.bytes, len(content))
        with longhaul.files.with_streaming_response.content(created.id) as response:
            self.assertEqual(b"".join(response.iter_bytes(10_000)), content)

    def test_deletes(self):
        created = upload()
        deleted = longhaul.files.delete(created.id)
        self.assertEqual((deleted.id, deleted.object, deleted.deleted), (created.id, "file", True))
        for call in [longhaul.files.retrieve, longhaul.files.content, longhaul.files.delete]:
            error = self.refused(openai.NotFoundError, "id", None, call, created.id)
            self.assertIn("No such File object: " + created.id, error.message)

    def test_sees_that_a_file_is_too_large(self):
        small = client(base_url=os.environ["LONGHAUL_SMALL_URL"])
        for file in [b" " * (8 << 20), io.BytesIO(b" " * (8 << 20))]:
            before = len(sent)
            with self.assertRaises(openai.APIStatusError) as caught:
                small.files.create(file=("a.jsonl", file), purpose="batch")
            error = caught.exception
            self.assertEqual((error.status_code, error.param), (413, "file"))
            self.assertEqual(len(sent) - before, 1, "requests, since a repeat is useless")

    def test_is_processed_at_once(self):
        self.assertEqual(longhaul.files.wait_for_processing(upload().id, max_wait_seconds=1).status, "processed")


class UploadsTest(Refusals):
    content = lines("Hello", "World", "Good-bye")
    cuts = [content[:50], content[50:60], content[60:]]

    def begin(self, **options):
        options = {"bytes": len(self.content), "purpose": "batch"} | options
        return longhaul.uploads.create(filename="input.jsonl", mime_type="application/jsonl", **options)

    def add(self, upload, *contents):
        with ThreadPoolExecutor(len(contents)) as pool:
            parts = pool.map(lambda data: longhaul.uploads.parts.create(upload.id, data=data), contents)
            return [part.id for part in parts]

    def test_puts_parts_together_in_the_stated_order(self):
        upload = self.begin()
        self.assertEqual((upload.status, upload.expires_at - upload.created_at), ("pending", 3_600))
        last, first, middle = self.add(upload, self.cuts[2], self.cuts[0], self.cuts[1])
        completed = longhaul.uploads.complete(
            upload.id, part_ids=[first, middle, last], md5=hashlib.md5(self.content).hexdigest()
        )
        self.assertEqual((completed.status, completed.file.bytes), ("completed", len(self.content)))
        self.assertEqual((completed.file.purpose, completed.file.filename), ("batch", "input.jsonl"))
        self.assertEqual(longhaul.files.content(completed.file.id).read(), self.content)
        with self.assertRaises(openai.ConflictError):
            self.add(upload, b"more")
        batch = longhaul.batches.create(
            input_file_id=completed.file.id, endpoint=CHAT, completion_window="24h"
        )
        self.assertEqual(wait(batch, "completed").request_counts.completed, 3)

    def test_refuses_a_wrong_sum_digest_or_part_and_goes_on(self):
        upload = self.begin()
        parts = self.add(upload, *self.cuts)
        complete = longhaul.uploads.complete
        self.refused(openai.BadRequestError, "md5", "invalid_value", complete, upload.id, part_ids=parts, md5="0" * 32)
        self.refused(openai.BadRequestError, "part_ids", "invalid_value", complete, upload.id, part_ids=parts[:2])
        self.refused(
            openai.BadRequestError, "part_ids[2]", "invalid_value", complete, upload.id, part_ids=parts[:2] + ["part_none"]
        )
        self.assertEqual(complete(upload.id, part_ids=parts).status, "completed")

    def test_cancels(self):
        upload = self.begin()
        parts = self.add(upload, *self.cuts)
        self.assertEqual(longhaul.uploads.cancel(upload.id).status, "cancelled")
        self.refused(openai.ConflictError, None, None, longhaul.uploads.complete, upload.id, part_ids=parts)
        with self.assertRaises(openai.ConflictError):
            self.add(upload, b"more")
        self.refused(openai.NotFoundError, "id", None, longhaul.uploads.cancel, "upload_none")

    def test_takes_nothing_more_after_an_hour(self):
        upload = SimpleNamespace(id=os.environ["LONGHAUL_EXPIRED_UPLOAD"])
        with self.assertRaises(openai.ConflictError):
            self.add(upload, self.content)
        complete, cancel = longhaul.uploads.complete, longhaul.uploads.cancel
        error = self.refused(openai.ConflictError, None, None, complete, upload.id, part_ids=["part_any"])
        self.assertIn("status 'expired'", error.message)
        self.refused(openai.ConflictError, None, None, cancel, upload.id)

    def test_cuts_files_itself(self):
        large = self.content + b" " * (64 << 20) + b"\n"
        for content, options in [(self.content, {"part_size": 100}), (large, {})]:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder, "large.jsonl")
                path.write_bytes(content)
                upload = longhaul.uploads.upload_file_chunked(
                    file=path, mime_type="application/jsonl", purpose="batch", **options
                )
            found = longhaul.files.content(upload.file.id).read()
            self.assertTrue(found == content, "other bytes came back")
            longhaul.files.delete(upload.file.id)


class BatchesTest(Refusals):
    def test_creates_for_each_endpoint(self):
        file = upload()
        for endpoint in ENDPOINTS:
            with self.subTest(endpoint):
                batch = longhaul.batches.create(input_file_id=file.id, endpoint=endpoint, completion_window="24h")
                self.assertEqual((batch.object, batch.endpoint, batch.status), ("batch", endpoint, "validating"))
                self.assertEqual(batch.expires_at, batch.created_at + 86_400)
                self.assertEqual(batch.request_counts.to_dict(), {"total": 0, "completed": 0, "failed": 0})

    def test_keeps_metadata_up_to_its_limits(self):
        full = {f"key{number:02}".ljust(64, "k"): "v" * 512 for number in range(16)}
        batch = create("Hello", metadata=full)
        self.assertEqual(longhaul.batches.retrieve(batch.id).metadata, full)
        self.assertEqual(create("Hello", metadata=None).metadata, {})
        for metadata, param, code in [
            (full | {"one": "more"}, "metadata", "object_above_max_properties"),
            ({"k" * 65: ""}, "metadata", "property_name_above_max_length"),
            ({"key": "v" * 513}, "metadata.key", "string_above_max_length"),
            ({"tags": ["a"]}, "metadata.tags", "invalid_type"),
        ]:
            self.refused(openai.BadRequestError, param, code, create, "Hello", metadata=metadata)

    def test_takes_what_the_other_services_clients_send(self):
        batch = create(
            "Hello",
            completion_window="unlimited",
            extra_body={"job_name": "nightly", "unheard_of": 1},
            extra_headers={"x-tfy-provider-name": "any"},
        )
        self.assertEqual((batch.completion_window, batch.expires_at), ("unlimited", 4_102_444_800))
        self.assertEqual(batch.to_dict()["job_name"], "nightly")
        self.assertTrue(batch.to_dict()["job_id"].startswith("job-"))
        again = create("Hello", extra_body={"job_id": batch.to_dict()["job_id"]})
        self.assertEqual(again.to_dict()["job_id"], batch.to_dict()["job_id"])
        with self.assertRaisesRegex(openai.NotFoundError, "job-none"):
            create("Hello", extra_body={"job_id": "job-none"})

    def test_refuses_what_is_missing_or_wrong(self):
        good = {"input_file_id": "file-any", "endpoint": CHAT, "completion_window": "24h"}
        for change, param, code in [
            ({"input_file_id": openai.omit}, "input_file_id", "missing_required_parameter"),
            ({"endpoint": openai.omit}, "endpoint", "missing_required_parameter"),
            ({"endpoint": "/v1/nothing"}, "endpoint", "invalid_value"),
            ({"endpoint": 1}, "endpoint", "invalid_type"),
            ({"completion_window": "soon"}, "completion_window", "invalid_value"),
            ({"completion_window": ""}, "completion_window", "invalid_value"),
            (
                {"output_expires_after": {"anchor": "created_at", "seconds": 3_599}},
                "output_expires_after.seconds",
                "integer_below_min_value",
            ),
            (
                {"output_expires_after": {"anchor": "created_at", "seconds": 2_592_001}},
                "output_expires_after.seconds",
                "integer_above_max_value",
            ),
            (
                {"output_expires_after": {"anchor": "now", "seconds": 3_600}},
                "output_expires_after.anchor",
                "invalid_value",
            ),
        ]:
            with self.subTest(change=change):
                body = {key: value for key, value in (good | change).items() if value is not openai.omit}
                self.refused(
                    openai.BadRequestError, param, code, longhaul.post, "/batches", cast_to=object, body=body
                )

    def test_completes(self):
        batch = wait(
            create(
                "Hello", "World", FAILS, output_expires_after={"anchor": "created_at", "seconds": 7_200}
            ),
            "completed",
        )
        self.assertEqual(batch.request_counts.to_dict(), {"total": 3, "completed": 2, "failed": 1})
        self.assertTrue(
            batch.created_at <= batch.in_progress_at <= batch.finalizing_at <= batch.completed_at < batch.expires_at
        )
        self.unset(batch, "failed_at", "expired_at", "cancelling_at", "cancelled_at", "errors")
        self.assertEqual(batch.model, "sim-chat")
        self.assertEqual(batch.usage.total_tokens, batch.usage.input_tokens + batch.usage.output_tokens)
        output, errors = results(batch.output_file_id), results(batch.error_file_id)
        self.assertEqual(sorted(line["custom_id"] for line in output), ["line-0", "line-1"])
        for line in output + errors:
            self.assertEqual(set(line), {"id", "custom_id", "response", "error"})
            self.assertEqual(set(line["response"]), {"status_code", "request_id", "body"})
        self.assertEqual(output[0]["response"]["body"]["choices"][0]["message"]["role"], "assistant")
        self.assertEqual((errors[0]["custom_id"], errors[0]["response"]["status_code"]), ("line-2", 400))
        file = longhaul.files.retrieve(batch.output_file_id)
        self.assertEqual((file.purpose, file.expires_at - file.created_at), ("batch_output", 7_200))

    def test_completes_without_an_output_file_where_all_lines_failed(self):
        batch = wait(create(FAILS), "completed")
        self.assertEqual((batch.output_file_id, batch.request_counts.failed), (None, 1))

    def test_fails_for_a_file_that_is_no_batch(self):
        batch = wait(
            longhaul.batches.create(
                input_file_id=upload(b"{}\nnothing\n").id, endpoint=CHAT, completion_window="24h"
            ),
            "failed",
        )
        self.unset(batch, "in_progress_at", "finalizing_at", "completed_at", "output_file_id", "error_file_id")
        self.assertGreaterEqual(batch.failed_at, batch.created_at)
        self.assertEqual(batch.errors.object, "list")
        self.assertEqual(
            [(error.code, error.line) for error in batch.errors.data],
            [("missing_required_parameter", 1), ("invalid_json_line", 2)],
        )

    def test_fails_for_a_file_that_is_not_there(self):
        batch = wait(
            longhaul.batches.create(input_file_id="file-none", endpoint=CHAT, completion_window="24h"), "failed"
        )
        error = batch.errors.data[0]
        self.assertEqual((error.code, error.param, error.line), ("invalid_request", "file_id", None))

    def test_expires(self):
        batch = wait(create("Hello", HANGS, completion_window="10s"), "expired")
        self.unset(batch, "completed_at", "failed_at", "cancelled_at", "cancelling_at")
        self.assertGreaterEqual(batch.expired_at, batch.expires_at)
        self.assertEqual(batch.request_counts.to_dict(), {"total": 2, "completed": 1, "failed": 0})
        self.assertEqual([line["custom_id"] for line in results(batch.output_file_id)], ["line-0"])
        unserved = results(batch.error_file_id)
        self.assertEqual([(line["custom_id"], line["response"]) for line in unserved], [("line-1", None)])
        self.assertEqual(unserved[0]["error"]["code"], "batch_expired")
        self.refuse_cancel(batch)

    def test_cancels(self):
        created = create("Hello", HANGS)
        self.assertEqual(longhaul.batches.cancel(created.id).status, "cancelling")
        cancelling = longhaul.batches.cancel(created.id)
        self.assertIn(cancelling.status, ("cancelling", "cancelled"))
        self.assertGreaterEqual(cancelling.cancelling_at, created.created_at)
        cancelled = wait(created, "cancelled")
        self.assertGreaterEqual(cancelled.cancelled_at, cancelled.cancelling_at)
        self.assertEqual(longhaul.batches.cancel(created.id), cancelled)

    def test_cancels_what_runs_and_keeps_what_is_done(self):
        running = create("Hello", HANGS)
        until = time.monotonic() + 60
        while running.request_counts.completed == 0:
            self.assertLess(time.monotonic(), until)
            time.sleep(0.1)
            running = longhaul.batches.retrieve(running.id)
        self.assertEqual(running.status, "in_progress")
        self.assertEqual(longhaul.batches.cancel(running.id).status, "cancelling")
        cancelled = wait(running, "cancelled")
        self.assertEqual(cancelled.request_counts.to_dict(), {"total": 2, "completed": 1, "failed": 0})
        self.assertEqual(results(cancelled.error_file_id)[0]["error"]["code"], "batch_cancelled")

    def test_refuses_to_cancel_what_has_ended_and_is_asked_once(self):
        self.refuse_cancel(wait(create("Hello"), "completed"))
        self.refuse_cancel(
            wait(longhaul.batches.create(input_file_id="file-none", endpoint=CHAT, completion_window="24h"), "failed")
        )
        self.refused(openai.NotFoundError, None, None, longhaul.batches.cancel, "batch_none")

    def refuse_cancel(self, batch):
        before = len(sent)
        error = self.refused(openai.ConflictError, None, None, longhaul.batches.cancel, batch.id)
        self.assertEqual(len(sent) - before, 1, "requests, since a repeat is useless")
        self.assertIn(f"Cannot cancel a batch with status '{batch.status}'.", error.message)

    def test_does_not_know_another_batch(self):
        error = self.refused(openai.NotFoundError, None, None, longhaul.batches.retrieve, "batch_none")
        self.assertIn("No batch found with id 'batch_none'.", error.message)

    def test_pages_to_the_end_while_batches_are_created(self):
        file = upload()

        def one_more(_=None):
            return longhaul.batches.create(
                input_file_id=file.id, endpoint="/v1/moderations", completion_window="24h"
            ).id

        mine = [one_more() for _ in range(5)]
        stop = threading.Event()
        with ThreadPoolExecutor(1) as pool:
            pool.submit(lambda: [one_more() for _ in iter(stop.is_set, True)])
            seen, last = [], None
            for batch in longhaul.batches.list(limit=2):
                seen.append(batch.id)
                if batch.id == mine[0]:
                    break
            stop.set()
        self.assertEqual(len(set(seen)), len(seen))
        self.assertEqual([id for id in seen if id in mine], mine[::-1])
        for last in longhaul.batches.list(limit=100):
            pass
        page = longhaul.batches.list(after=last.id)
        self.assertEqual((page.data, page.has_more), ([], False))

    def test_refuses_wrong_queries(self):
        for limit, code in [(0, "integer_below_min_value"), (101, "integer_above_max_value"), ("abc", "invalid_type")]:
            self.refused(openai.BadRequestError, "limit", code, longhaul.batches.list, limit=limit)
        self.refused(openai.NotFoundError, "after", None, longhaul.batches.list, after="batch_none")

    def unset(self, batch, *keys):
        for key in keys:
            self.assertIn(key, batch.to_dict())
            self.assertIsNone(batch.to_dict()[key], key)


class AnswersTest(Refusals):
    def test_names_the_request(self):
        answer = longhaul.batches.with_raw_response.list(limit=1)
        self.assertTrue(answer.headers["x-request-id"].startswith("req_"))
        self.assertEqual(answer.headers["openai-version"], "2020-10-01")
        self.assertGreaterEqual(int(answer.headers["openai-processing-ms"]), 0)
        self.assertTrue(longhaul.files.list(limit=1)._request_id.startswith("req_"))

    def test_works_with_and_without_v1(self):
        batch = create("Hello")
        root = BASE_URL.removesuffix("/v1")
        for base in [root, root + "/v1/", root + "/api/llm"]:
            self.assertEqual(client(base_url=base).batches.retrieve(batch.id).id, batch.id)

    def test_repeats_safely_with_an_idempotency_key(self):
        file, headers = upload(), {"Idempotency-Key": str(uuid.uuid4())}
        wanted = {"input_file_id": file.id, "endpoint": CHAT, "completion_window": "24h"}
        with ThreadPoolExecutor(8) as pool:
            ids = pool.map(
                lambda _: longhaul.batches.create(**wanted, extra_headers=headers).id, range(8)
            )
        self.assertEqual(len(set(ids)), 1)
        self.refused(
            openai.ConflictError,
            "Idempotency-Key",
            None,
            longhaul.batches.create,
            **wanted | {"metadata": {"another": "body"}},
            extra_headers=headers,
        )

    def test_is_told_of_a_limit_and_whether_to_wait(self):
        tenant = f"python-{uuid.uuid4()}"
        key = longhaul.post("/api_keys", cast_to=object, body={"name": "limited", "tenant": tenant})["value"]
        limited = client(api_key=key)

        def one_more_file():
            return limited.files.create(file=("input.jsonl", lines("Hello")), purpose="batch").id

        file = one_more_file()
        longhaul.post(f"/tenants/{tenant}/limits", cast_to=object, body={"files": 1, "enqueued_batches": 0})
        self.assertIsNone(self.refused_by_limit(one_more_file).get("retry-after"))
        patient = limited.with_options(max_retries=0)
        answer = self.refused_by_limit(
            lambda: patient.batches.create(input_file_id=file, endpoint=CHAT, completion_window="24h")
        )
        self.assertGreater(int(answer["retry-after"]), 0)

    def refused_by_limit(self, call):
        before = len(sent)
        with self.assertRaises(openai.RateLimitError) as caught:
            call()
        self.assertEqual(len(sent) - before, 1)
        self.assertEqual((caught.exception.code, caught.exception.type), ("rate_limit_exceeded", "requests"))
        return caught.exception.response.headers

    def test_lets_nobody_in_with_a_wrong_key(self):
        stranger = client(api_key="sk-nobody-knows-this-one")
        self.refused(openai.AuthenticationError, None, "invalid_api_key", stranger.batches.list)


if __name__ == "__main__":
    unittest.main()
