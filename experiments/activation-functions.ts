import { defineFunctions } from '../src/experiment/index.ts';

/** Figure 2 and Table 1: the hidden layers' activations and their gradients. Nothing is trained. */
export default defineFunctions({
  name: 'activation-functions',
  title: 'Activation functions and their gradients',
  figure: 'Figure 2, Table 1',
  activation: ['sigmoid', 'relu', 'leaky_relu', 'linear'],
  x: 'linspace(-5,5,201)',
});
