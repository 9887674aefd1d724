package dev.longhaul.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;

/** Embeddings. */
final class Vectors {
    private Vectors() {}

    /** The vector of length 1 in the same direction. */
    static double[] unit(JsonNode numbers) {
        double[] vector = new double[numbers.size()];
        double squares = 0;
        for (int i = 0; i < vector.length; i++) {
            vector[i] = numbers.get(i).asDouble();
            squares += vector[i] * vector[i];
        }
        double length = Math.sqrt(squares);
        for (int i = 0; i < vector.length; i++) {
            vector[i] /= length;
        }
        return vector;
    }

    /** The other id whose vector is nearest. */
    static String nearest(Map<String, double[]> vectors, String id) {
        double[] from = Objects.requireNonNull(vectors.get(id));
        return vectors.entrySet().stream()
                .filter(other -> !other.getKey().equals(id))
                .max(Comparator.comparingDouble(other -> cosine(from, other.getValue())))
                .orElseThrow()
                .getKey();
    }

    private static double cosine(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
