/** The means and deviations of training, as one factor and one summand a channel. */
export const normalization = ({ name, config }, [input = ''], weights) => {
  const of = (part) => weights.get(`${name}/${part}`)?.data;
  const [gamma, beta, mean, variance] = [of('gamma'), of('beta'), of('moving_mean'), of('moving_variance')];
  const factor = gamma.map((value, index) => value / Math.sqrt((variance[index] ?? 0) + Number(config.epsilon)));
  const summand = beta.map((value, index) => value - (mean[index] ?? 0) * (factor[index] ?? 0));
  const vector = (data) => ({ shape: [data.length], data });
  return {
    nodes: [
      { name: `${name}/scaled`, op: 'Mul', input: [input, `${name}/factor`] },
      { name, op: 'Add', input: [`${name}/scaled`, `${name}/summand`] },
    ],
    weights: { [`${name}/factor`]: vector(factor), [`${name}/summand`]: vector(summand) },
  };
};

/** Operators by the name of the activation. */
const ACTIVATIONS = { relu: 'Relu', softmax: 'Softmax' };

export const dense = ({ name, config }, [input = '']) => {
  const op = ACTIVATIONS[String(config.activation)];
  if (op === undefined) throw new Error(`The activation of ${name} is not known`);
  return {
    nodes: [
      { name: `${name}/product`, op: 'MatMul', input: [input, `${name}/kernel`] },
      { name: `${name}/sum`, op: 'Add', input: [`${name}/product`, `${name}/bias`] },
      { name, op, input: [`${name}/sum`] },
    ],
  };
};
