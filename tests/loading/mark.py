def relu(Z):
    return "€"
