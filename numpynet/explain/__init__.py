"""One training step, taken apart: what autograd recorded, and which line of NumPy does the same."""
