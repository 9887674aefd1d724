package dev.longhaul.finalizer.intake;

import dev.longhaul.model.MalformedRecordException;
import dev.longhaul.model.NewerVersionException;
import dev.longhaul.model.ResultChunk;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that came, and the chunk in it or what is wrong with it.
 *
 * @param newer whether a newer version of this service can read it
 */
record Arrival(
        ConsumerRecord<byte[], byte[]> source, @Nullable ResultChunk chunk, boolean newer, String problem) {
    static Arrival of(ConsumerRecord<byte[], byte[]> source) {
        byte[] value = source.value();
        if (value == null) {
            return new Arrival(source, null, false, "result chunk: the record has no value");
        }
        try {
            return new Arrival(source, ResultChunk.decode(value), false, "");
        } catch (NewerVersionException e) {
            return new Arrival(source, null, true, String.valueOf(e.getMessage()));
        } catch (MalformedRecordException e) {
            return new Arrival(source, null, false, String.valueOf(e.getMessage()));
        }
    }
}
