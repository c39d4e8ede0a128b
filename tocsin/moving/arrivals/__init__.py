"""Everything that comes along from another status page: one module for each place it comes from.

Each of them reads its source into a :class:`cargo.Cargo`, in the shapes of the Statuspage API that
all our clients know; ``unloading`` takes that into the record.

CannotArrive        the source cannot be read; says what to do
"""
