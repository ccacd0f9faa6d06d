import SwiftASN1

/// The revoked certificates of one list, sorted, so that one of a million is found in twenty steps. Per certificate it keeps 16
/// bytes beside the list itself.
struct RevokedSerials: Sendable {
  /// What the list says of one certificate.
  struct Entry: Sendable, Hashable {
    /// Unix seconds.
    let revokedAt: Int64
    let reason: RevocationReason?
  }
  private struct Place {
    /// The serial number's last eight bytes.
    let key: UInt64
    /// Of the entry in the list.
    let offset: Int
  }
  private let der: [UInt8]
  private let places: [Place]
  /// Why no entry may be believed; nil: nothing of that kind.
  let defect: String?

  /// None.
  init() { (der, places, defect) = ([], [], nil) }

  /// Walks over `revokedCertificates` (RFC 5280 §5.1.2.6) in `range` of the list.
  init(_ der: [UInt8], in range: Range<Int>) throws {
    var walker = DERWalker(der, range)
    var places: [Place] = []
    var defect: String?
    while walker.tag != nil {
      let entry = try walker.next(DERTag.sequence)
      var fields = walker.inside(entry)
      let serial = try fields.next(DERTag.integer)
      let time = try fields.next()
      guard time.tag == DERTag.utcTime || time.tag == DERTag.generalizedTime else {
        throw ASN1Error.invalidASN1Object(reason: "an entry has no date")
      }
      if let extensions = try fields.optional(DERTag.sequence), defect == nil {
        defect = try Self.defect(in: fields.inside(extensions))
      }
      try fields.finish()
      places.append(Place(key: Self.key(der[serial.content]), offset: entry.whole.lowerBound))
    }
    places.sort { $0.key < $1.key }
    self.der = der
    self.places = places
    self.defect = defect
  }

  var count: Int { places.count }

  /// What the list says of this serial number (an INTEGER's content); nil: nothing.
  subscript(serial: ArraySlice<UInt8>) -> Entry? {
    let key = Self.key(serial)
    var (low, high) = (0, places.count)
    while low < high {
      let middle = low + (high - low) / 2
      if places[middle].key < key { low = middle + 1 } else { high = middle }
    }
    while low < places.count, places[low].key == key {
      if let entry = try? entry(at: places[low].offset, for: serial) { return entry }
      low += 1
    }
    return nil
  }

  /// Every entry with its serial number, by no order that means anything.
  var all: [(serialNumber: [UInt8], entry: Entry)] {
    places.compactMap { place in
      guard let (serial, entry) = try? entry(at: place.offset) else { return nil }
      return (Array(serial), entry)
    }
  }

  private func entry(at offset: Int, for serial: ArraySlice<UInt8>) throws -> Entry? {
    let (found, entry) = try entry(at: offset)
    return found == serial ? entry : nil
  }

  private func entry(at offset: Int) throws -> (serial: ArraySlice<UInt8>, entry: Entry) {
    var walker = DERWalker(der, offset..<der.endIndex)
    var fields = walker.inside(try walker.next())
    let serial = der[try fields.next().content]
    let time = try fields.next()
    var reason: RevocationReason?
    if let extensions = try fields.optional(DERTag.sequence) {
      var list = fields.inside(extensions)
      while list.tag != nil {
        var item = list.inside(try list.next())
        let oid = try item.next()
        _ = try item.optional(DERTag.boolean)
        let value = try item.next()
        // ENUMERATED of one byte.
        if Array(der[oid.content]) == Self.reasonCode, value.content.count == 3, let code = der[value.content].last {
          reason = RevocationReason(rawValue: Int(code))
        }
      }
    }
    // A date that cannot be read takes nothing from the revocation.
    let seconds = (try? UnixTime.seconds(try fields.node(time))) ?? 0
    return (serial, Entry(revokedAt: seconds, reason: reason))
  }

  //= https://www.rfc-editor.org/rfc/rfc5280#section-5.3
  //# If a CRL contains a critical CRL entry extension that the application cannot process, then the application MUST NOT use
  //# that CRL to determine the status of any certificates.
  private static func defect(in extensions: DERWalker) throws -> String? {
    var list = extensions
    while list.tag != nil {
      var item = list.inside(try list.next(DERTag.sequence))
      let oid = Array(list.bytes[try item.next(DERTag.objectIdentifier).content])
      var isCritical = false
      if let flag = try item.optional(DERTag.boolean) { isCritical = list.bytes[flag.content].first != 0 }
      _ = try item.next(DERTag.octetString)
      try item.finish()
      if oid == certificateIssuer { return "it lists certificates of other issuers, which is not supported" }
      if isCritical, oid != reasonCode, oid != invalidityDate {
        return "an entry has a critical extension that is not understood here"
      }
    }
    return nil
  }

  private static func key(_ serial: ArraySlice<UInt8>) -> UInt64 { serial.suffix(8).reduce(0) { $0 << 8 | UInt64($1) } }

  private static let reasonCode: [UInt8] = [0x55, 0x1d, 0x15]
  private static let invalidityDate: [UInt8] = [0x55, 0x1d, 0x18]
  private static let certificateIssuer: [UInt8] = [0x55, 0x1d, 0x1d]
}

/// Why a certificate was revoked (RFC 5280 §5.3.1).
package enum RevocationReason: Int, Sendable, CaseIterable {
  case unspecified = 0
  case keyCompromise = 1
  case caCompromise = 2
  case affiliationChanged = 3
  case superseded = 4
  case cessationOfOperation = 5
  case certificateHold = 6
  case removeFromCRL = 8
  case privilegeWithdrawn = 9
  case aaCompromise = 10

  package var name: String { "\(self)" }
}
