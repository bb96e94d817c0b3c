"""The ledger as a Merkle log: trees and proofs, signed checkpoints, the copy kept outside, verification (D9)."""
