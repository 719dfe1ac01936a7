"""Somebody's own implementation, tested."""
