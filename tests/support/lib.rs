//! Scratch homes, real servers on loopback, a programmable registry, images written by hand.
