"""One module a resource: parse the request, call the use-case, shape the answer."""
