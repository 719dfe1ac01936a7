class Slow:
    def __init__(self):
        while True:
            try:
                while True:
                    pass
            except BaseException:
                pass


SLOW = Slow()


def relu(Z):
    return Z * (Z > 0)
