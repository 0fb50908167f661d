module.exports = function () {
  throw new Error('replaced by setRequestFn');
};
