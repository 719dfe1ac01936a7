# -*- coding: cp1252 -*-
def relu(Z):
    return "€"
