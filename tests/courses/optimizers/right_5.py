import numpy as np

# ein Schritt für W und b eines einzigen Neurons, ohne Schleifen


def update_with_momentum(w, b, dw, db, v_w, v_b, alpha=0.1, beta=0.9):
    v_w = beta * v_w + (1 - beta) * dw
    v_b = beta * v_b + (1 - beta) * db
    w = w - alpha * v_w
    b = b - alpha * v_b
    return w, b, v_w, v_b


def update_with_rmsprop(w, b, dw, db, s_w, s_b, alpha=0.01, beta=0.9, epsilon=1e-8):
    s_w = beta * s_w + (1 - beta) * np.square(dw)
    s_b = beta * s_b + (1 - beta) * np.square(db)
    w = w - alpha * dw / (np.sqrt(s_w) + epsilon)
    b = b - alpha * db / (np.sqrt(s_b) + epsilon)
    return w, b, s_w, s_b


def update_with_adam(w, b, dw, db, v_w, v_b, s_w, s_b, t, alpha=0.001):
    v_w = 0.9 * v_w + 0.1 * dw
    v_b = 0.9 * v_b + 0.1 * db
    s_w = 0.999 * s_w + 0.001 * dw**2
    s_b = 0.999 * s_b + 0.001 * db**2
    w = w - alpha * (v_w / (1 - 0.9**t)) / (np.sqrt(s_w / (1 - 0.999**t)) + 1e-8)
    b = b - alpha * (v_b / (1 - 0.9**t)) / (np.sqrt(s_b / (1 - 0.999**t)) + 1e-8)
    return w, b, v_w, v_b, s_w, s_b
