"""An application of ASGI that waits, and the smallest thing that can call one."""
import asyncio


# ANCHOR: application
async def application(scope, receive, send):
    await receive()  # the content, of which there is none
    print(scope["path"], "is called")
    if scope["path"] == "/first":
        await scope["state"]["second"].wait()
    else:
        scope["state"]["second"].set()
    headers = [(b"content-type", b"text/plain")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"Hello!\n"})
# ANCHOR_END: application


# ANCHOR: gateway
async def call(path, state):
    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event):
        print(path, event["type"])

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "state": state}
    await application(scope, receive, send)


async def main():
    state = {"second": asyncio.Event()}
    await asyncio.gather(call("/first", state), call("/second", state))


asyncio.run(main())
# ANCHOR_END: gateway
