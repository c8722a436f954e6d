# must fail: this is no sentence of the language
story "A sentence that nobody knows"

event view by anna of LAMP-1
expect the impossible
