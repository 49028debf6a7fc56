# Read by the `flask` command alone; settings belong in .env.
FLASK_APP=asgi:flask_app
