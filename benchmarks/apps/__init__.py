"""The peers' applications: each does the work of `benchmarks.apps.work`, at the same paths."""
