/// A DER-encoded name as a person reads it; in hexadecimal when it cannot be read.
func distinguishedNameText(_ der: [UInt8]) -> String { hexText(der) }

import Handfast

/// What a certificate says, for a chain that nobody has judged; nil when it cannot be read.
func certificateDescription(_ der: [UInt8]) -> CertificateDescription? { nil }
