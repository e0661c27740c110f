"""One source collected once: endpoints read, pages downloaded, extracted, filed or refused."""
