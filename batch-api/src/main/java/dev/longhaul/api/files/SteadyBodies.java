package dev.longhaul.api.files;

import jakarta.ws.rs.ext.Provider;
import jakarta.ws.rs.ext.ReaderInterceptor;
import jakarta.ws.rs.ext.ReaderInterceptorContext;
import java.io.IOException;

/** Lets no body drip, whatever it is for: an upload's, or a request's in JSON, which holds a thread and its bytes. */
@Provider
public class SteadyBodies implements ReaderInterceptor {
    private final FileRules rules;

    SteadyBodies(FileRules rules) {
        this.rules = rules;
    }

    @Override
    public Object aroundReadFrom(ReaderInterceptorContext body) throws IOException {
        body.setInputStream(rules.steady(body.getInputStream()));
        return body.proceed();
    }
}
