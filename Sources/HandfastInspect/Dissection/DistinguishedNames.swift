import Handfast
import HandfastCore

/// A DER-encoded name as a person reads it; in hexadecimal when it cannot be read.
func distinguishedNameText(_ der: [UInt8]) -> String {
  distinguishedNameText(der: der) ?? "unreadable: \(shortHex(der, keeping: 16))"
}
