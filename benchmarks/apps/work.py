"""What every application does, and the values that it does it with.

GET  /json      JSON, no I/O
GET  /wait      waits SHORT_WAIT on the event loop
GET  /long      waits LONG_WAIT on the event loop
POST /echo      answers with the body that it got
GET  /stream    streams CHUNKS times CHUNK
GET  /row       one indexed row from MySQL
GET  /blocking  a sync view that sleeps SHORT_WAIT
"""

GREETING = {"message": "Hello, world!"}
DONE = {"done": True}

# Seconds.
SHORT_WAIT = 0.01
LONG_WAIT = 1.0

BINARY = "application/octet-stream"
CHUNK = bytes(64 * 1024)
CHUNKS = 16
