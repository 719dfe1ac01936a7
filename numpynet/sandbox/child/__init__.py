"""What runs in the sandboxed child process: the standard library and NumPy, nothing of numpynet."""
