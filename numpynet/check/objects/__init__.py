"""Files whose network is made of classes: a class made from sizes, layers that are objects."""
