package io.rekindle.prediction;

/**
 * The examples of a fit, added up by cell: all that the fit knows of clients from here on.
 * Immutable: do not write to the arrays.
 *
 * @param cells ascending, those with an example
 * @param weights the sum of the examples' weights by cell
 * @param outcomes the sum of weights &middot; outcomes by cell
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record CellTotals(int[] cells, double[] weights, double[] outcomes) {

  int size() {
    return cells.length;
  }

  int cell(int index) {
    return cells[index];
  }

  double weight(int index) {
    return weights[index];
  }

  double returns(int index) {
    return outcomes[index];
  }

  double totalWeight() {
    return sum(weights);
  }

  double totalReturns() {
    return sum(outcomes);
  }

  private static double sum(double[] numbers) {
    double sum = 0;
    for (double number : numbers) {
      sum += number;
    }
    return sum;
  }
}
