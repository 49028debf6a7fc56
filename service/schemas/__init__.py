"""Request and response shapes, one module a resource: camelCase outside, snake_case inside."""
