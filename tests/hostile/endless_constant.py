class Slow:
    def __init__(self):
        while True:
            pass


SLOW = Slow()


def wait():
    while True:
        pass


def relu(Z, slow=wait()):
    return Z * (Z > 0)
