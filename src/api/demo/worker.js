'use strict';

onmessage = ({data}) => {
  let sum = 0;
  for (let i = 1; i <= data.upTo; ++i) sum += i * i;
  console.log('worker computed', {upTo: data.upTo, sum});
  postMessage({sum});
};
