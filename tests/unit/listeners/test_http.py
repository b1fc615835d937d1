import asyncio
import json

from openworklist.listeners.http import HttpListener


async def _get(listener: HttpListener, path: str) -> tuple[int, dict[str, object]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_tells_that_it_lives_and_whether_it_is_ready() -> None:
    problems: dict[str, str] = {}

    async def talk() -> None:
        listener = HttpListener(lambda: problems, host="127.0.0.1", port=0)
        await listener.start()
        try:
            assert await _get(listener, "/livez") == (200, {"status": "live"})
            assert await _get(listener, "/readyz") == (200, {"status": "ready", "problems": {}})
            problems["database"] = "the disk is full"
            assert await _get(listener, "/readyz") == (503, {"status": "not ready", "problems": problems})
            assert await _get(listener, "/livez") == (200, {"status": "live"})
        finally:
            await listener.stop()
        assert not listener.is_running

    asyncio.run(talk())
