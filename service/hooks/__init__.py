"""What happens around a view."""
