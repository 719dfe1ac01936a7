"""Optimizers of the specialisation: momentum and Adam on a dictionary of parameters."""
import numpy as np
def initialize_velocity(parameters):
    L = len(parameters) // 2
    v = {}
    for l in range(1, L+1):
        v["dW" + str(l)] = np.zeros(parameters["W"+str(l)].shape)
        v["db" + str(l)] = np.zeros(parameters["b"+str(l)].shape)
    return v
def update_parameters_with_momentum(parameters, grads, v, beta, learning_rate):
    L = len(parameters) // 2
    for l in range(L):
        v["dW" + str(l+1)] = beta*v["dW"+str(l+1)] + (1-beta)*grads["dW"+str(l+1)]
        v["db" + str(l+1)] = beta*v["db"+str(l+1)] + (1-beta)*grads["db"+str(l+1)]
        parameters["W"+str(l+1)] = parameters["W"+str(l+1)] - learning_rate*v["dW"+str(l+1)]
        parameters["b"+str(l+1)] = parameters["b"+str(l+1)] - learning_rate*v["db"+str(l+1)]
    return parameters, v
def initialize_adam(parameters):
    L = len(parameters) // 2
    v = {}
    s = {}
    for l in range(1, L+1):
        for k in "Wb":
            v["d" + k + str(l)] = np.zeros(parameters[k+str(l)].shape)
            s["d" + k + str(l)] = np.zeros(parameters[k+str(l)].shape)
    return v, s
def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    L = len(parameters) // 2
    v_corrected = {}
    s_corrected = {}
    for l in range(1, L+1):
        for k in "Wb":
            d = "d" + k + str(l)
            v[d] = beta1*v[d] + (1-beta1)*grads[d]
            v_corrected[d] = v[d] / (1 - beta1**t)
            s[d] = beta2*s[d] + (1-beta2)*np.square(grads[d])
            s_corrected[d] = s[d] / (1 - beta2**t)
            parameters[k+str(l)] = parameters[k+str(l)] - learning_rate*v_corrected[d]/(np.sqrt(s_corrected[d]) + epsilon)
    return parameters, v, s, v_corrected, s_corrected
