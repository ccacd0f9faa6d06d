import HandfastCore
import HandfastTrust
import SwiftASN1
import Testing
import X509

@Suite("Filters for certificate extensions") struct CertificateFilterTests {
  private static let keyUsage: ASN1ObjectIdentifier = [2, 5, 29, 15]
  private static let extendedKeyUsage: ASN1ObjectIdentifier = [2, 5, 29, 37]

  private func der(_ value: some DERSerializable) throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(value)
    return serializer.serializedBytes
  }

  private func filter(_ oid: ASN1ObjectIdentifier, _ values: [UInt8]) throws -> CertificateFilter {
    CertificateFilter(oid: try der(oid), values: values)
  }

  private func identity(_ keyUsage: [String]?, _ purpose: LeafRequest.Purpose = .clientAuth) throws -> Identity {
    var request = LeafRequest.client("alice")
    request.keyUsage = keyUsage
    request.purpose = purpose
    return try DevelopmentPKI().issue(request)
  }

  @Test func `for keyUsage match when all bits that are wanted are set`() throws {
    let own = try identity(["digitalSignature", "keyAgreement"])
    let wanted: [(KeyUsage, Bool)] = [
      (KeyUsage(digitalSignature: true), true), (KeyUsage(digitalSignature: true, keyAgreement: true), true),
      (KeyUsage(keyEncipherment: true), false), (KeyUsage(digitalSignature: true, keyEncipherment: true), false),
    ]
    for (usage, isMatch) in wanted {
      let value = Array(try Certificate.Extension(usage, critical: false).value)
      #expect(own.satisfies(try filter(Self.keyUsage, value)) == isMatch)
    }
    #expect(own.satisfies(try filter(Self.keyUsage, [])))
    #expect(try !identity([]).satisfies(filter(Self.keyUsage, [])))
  }

  @Test func `for extendedKeyUsage match when all purposes that are wanted are there`() throws {
    let own = try identity(nil)
    let wanted: [([ExtendedKeyUsage.Usage], Bool)] = [
      ([.clientAuth], true), ([.serverAuth], false), ([.clientAuth, .serverAuth], false),
    ]
    for (usages, isMatch) in wanted {
      let value = Array(try Certificate.Extension(ExtendedKeyUsage(usages), critical: false).value)
      #expect(own.satisfies(try filter(Self.extendedKeyUsage, value)) == isMatch)
      let both = try identity(nil, [.clientAuth, .serverAuth])
      #expect(both.satisfies(try filter(Self.extendedKeyUsage, value)))
      #expect(try !identity(nil, []).satisfies(filter(Self.extendedKeyUsage, value)))
    }
  }

  @Test func `for extensions that nobody here knows are passed`() throws {
    let own = try identity(nil)
    #expect(own.satisfies(try filter([1, 2, 3, 4], [1])))
    // subjectAltName is known, but no rule says what would match it.
    #expect(own.satisfies(try filter([2, 5, 29, 17], [1])))
    #expect(own.satisfies(CertificateFilter(oid: [1, 2, 3], values: [])))
  }

  @Test func `that cannot be read match nothing`() throws {
    let own = try identity(nil)
    #expect(!own.satisfies(try filter(Self.keyUsage, [0xff])))
    #expect(!own.satisfies(try filter(Self.extendedKeyUsage, [0x30, 0x80])))
  }
}
