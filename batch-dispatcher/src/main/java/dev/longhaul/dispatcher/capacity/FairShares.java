package dev.longhaul.dispatcher.capacity;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Divides a backend's slots; pure. Max-min fair over what each could use: nobody gets more than it could use while another could use
 * more. What is left then is spread evenly as head room, so that a first line starts at once wherever it arrives.
 */
final class FairShares {
    private FairShares() {}

    /**
     * Returns a share for each dispatcher; together they are all slots.
     *
     * @param demands lines that each has for the backend, by dispatcher
     */
    static SortedMap<String, Integer> of(int slots, SortedMap<String, Integer> demands) {
        SortedMap<String, Integer> shares = new TreeMap<>();
        List<Map.Entry<String, Integer>> byDemand = demands.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .toList();
        int left = slots;
        int rest = byDemand.size();
        for (Map.Entry<String, Integer> one : byDemand) {
            if (one.getValue() > left / rest) {
                break;
            }
            shares.put(one.getKey(), one.getValue());
            left -= one.getValue();
            rest--;
        }
        List<String> hungry = byDemand.stream()
                .map(Map.Entry::getKey)
                .filter(id -> !shares.containsKey(id))
                .sorted(Comparator.naturalOrder())
                .toList();
        // The head room of those who have enough, when nobody is hungry.
        spread(left, hungry.isEmpty() ? List.copyOf(demands.keySet()) : hungry, shares);
        return shares;
    }

    private static void spread(int slots, List<String> among, SortedMap<String, Integer> shares) {
        for (int i = 0; i < among.size(); i++) {
            int part = slots / among.size() + (i < slots % among.size() ? 1 : 0);
            shares.merge(among.get(i), part, Integer::sum);
        }
    }
}
