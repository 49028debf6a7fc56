"""What guards secrets: password hashes, signed tokens, sealed values."""
