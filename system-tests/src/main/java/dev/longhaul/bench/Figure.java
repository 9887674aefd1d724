package dev.longhaul.bench;

/**
 * One measured figure.
 *
 * @param what is measured, a few words
 * @param value with its unit
 * @param yardstick from the same run, with its unit
 * @param ratio of the figure to its yardstick
 * @param bound which figure or ratio is asked for
 * @param met whether it is within the bound
 */
record Figure(String what, String value, String yardstick, double ratio, String bound, boolean met) {

    @Override
    public String toString() {
        return "%s: %s; %s of %s; bound: %s: %s"
                .formatted(what, value, ratioText(), yardstick, bound, met ? "met" : "MISSED");
    }

    String ratioText() {
        return "%.3g".formatted(ratio);
    }
}
