import Foundation
import HandfastCore
import HandfastCrypto
import SwiftASN1
import TestTurns
import Testing
import X509

@testable import HandfastTrust

/// Our reading of certificates beside swift-certificates'.
@Suite(.inTurn) struct CertificateReadingTests {
  /// Values as certificates have them, and their neighbours, with one byte changed.
  @Test(arguments: [
    ("2.5.29.19", "3000"), ("2.5.29.19", "30030101ff"), ("2.5.29.19", "30060101ff020103"),
    ("2.5.29.19", "30070101ff02020100"), ("2.5.29.19", "3003020100"),
    ("2.5.29.15", "03020780"), ("2.5.29.15", "03020106"), ("2.5.29.15", "0303070080"), ("2.5.29.15", "030100"),
    ("2.5.29.37", "300a06082b06010505070301"), ("2.5.29.37", "301406082b0601050507030106082b06010505070302"),
    ("2.5.29.37", "301406082b0601050507030106082b06010505070301"), ("2.5.29.37", "300606042a030405"),
    ("2.5.29.37", "3000"),
    ("2.5.29.17", "300d820b612e6578616d706c652e"), ("2.5.29.17", "301587047f000001820161860c73706966666500"),
    ("2.5.29.17", "300d8201618201628101638701648601"), ("2.5.29.17", "3000"),
    ("2.5.29.17", "300fa40d300b3109300706035504030c00"),
    ("2.5.29.14", "04020102"), ("2.5.29.14", "0400"),
    ("2.5.29.35", "300480020102"), ("2.5.29.35", "30078002010282010a"), ("2.5.29.35", "3000"),
    ("1.3.6.1.5.5.7.1.24", "3003020105"), ("1.2.3", "0500"), ("2.5.29.30", "3000"),
  ])
  func `an extension that is plainly written says what swift-certificates reads in it`(
    oid: String, hexadecimal: String
  ) throws {
    let oid = try ASN1ObjectIdentifier(dotRepresentation: Substring(oid))
    let value = Self.bytes(hexadecimal)
    var values = [value, value + [0], value.dropLast()].map { Array($0) }
    for index in value.indices {
      for byte in (0..<8).map({ value[index] ^ 1 << $0 }) + [0, 1, 2, 0x7f, 0xff, value[index] &+ 1, value[index] &- 1]
      {
        values.append(value)
        values[values.count - 1][index] = byte
      }
    }
    for value in values {
      for isCritical in [false, true] {
        let item = Certificate.Extension(oid: oid, critical: isCritical, value: value[...])
        let (plain, library) = (try Self.read(item, takesPlain: true), try Self.read(item, takesPlain: false))
        #expect(plain == library, "\(value)")
      }
    }
  }

  @Test func `what is as usual is read plainly`() throws {
    for value in ["3000", "30030101ff", "30060101ff020103"] { #expect(try Self.isPlain(19, value)) }
    for value in ["03020780", "03020106"] { #expect(try Self.isPlain(15, value)) }
    #expect(try Self.isPlain(37, "301406082b0601050507030106082b06010505070302"))
    #expect(try Self.isPlain(17, "301587047f000001820161860c73706966666500") == false)
    #expect(try Self.isPlain(17, "300987047f000001820161"))
    #expect(try Self.isPlain(14, "04020102"))
    #expect(try Self.isPlain(35, "300480020102"))
    #expect(try Self.isPlain(31, "3000"))
    #expect(try Self.isPlain(30, "3000") == false)
  }

  @Test func `a plain name reads as swift-certificates writes it`() throws {
    let values = [
      "A", "Example Root CA 1", "example.com", "X-1", " A", "A ", "a,b", "#a", "a=b", "*.example.com", "\u{e9}", "",
    ]
    var plain = 0
    for value in values {
      let names = [
        try DistinguishedName { CommonName(value) },
        try DistinguishedName {
          CountryName("NZ")
          OrganizationName(value)
          CommonName("B")
        },
        DistinguishedName([
          RelativeDistinguishedName([
            .init(type: .RDNAttributeType.commonName, value: .init(utf8String: value)),
            .init(type: .RDNAttributeType.localityName, value: .init(utf8String: "C")),
          ])
        ]),
        DistinguishedName([.init(.init(type: [2, 5, 4, 5], value: .init(utf8String: value)))]),
      ]
      for name in names {
        var serializer = DER.Serializer()
        try serializer.serialize(name)
        let der = serializer.serializedBytes
        let text = CertificateFields.Name.plainText(der)
        #expect(text == nil || text == "\(name)".safeForDisplay)
        #expect(try CertificateFields.Name(der: der).text == "\(name)".safeForDisplay)
        if text != nil { plain += 1 }
      }
    }
    #expect(plain == 8)
  }

  @Test func `a date reads as swift-asn1 reads it`() throws {
    var times = ["20500101000000Z", "20491231235959Z", "99991231235959Z", "00010101000000Z", "20560229120000Z"]
    times += ["20550229120000Z", "20501301000000Z", "20500100000000Z", "20500101240000Z", "20500101006000Z"]
    times += [
      "20500101000060Z", "2050010100000Z", "205001010000000Z", "20500101000000+", "2050010100000aZ", "20500431000000Z",
    ]
    for text in times + times.map({ String($0.dropFirst(2)) }) {
      for tag in [DERTag.utcTime, DERTag.generalizedTime] {
        let der = [tag, UInt8(text.utf8.count)] + text.utf8
        var walker = DERWalker(der)
        let ours = try? UnixTime.seconds(&walker)
        let library = try? UnixTime.seconds(DER.parse(der))
        #expect(ours == library, "\(tag) \(text)")
      }
    }
  }

  @Test func `no extension stands twice, however many there are`() throws {
    // Some of those that certificates have, and others.
    let arc: [[UInt8]] = [[0x55, 0x1d], [0x2a, 3]]
    let list: [[UInt8]] = (0..<40).map { arc[$0 / 20] + [UInt8($0 * 5)] }
    for repeated in [1, 15, 16, 17, 39] {
      var seen = SeenIdentifiers()
      let areNew = list.map { seen.insert($0[...]) }
      let isNewAgain = seen.insert(list[repeated][...])
      #expect(areNew.allSatisfy { $0 } && !isNewAgain)
    }
  }

  /// Whatever is trusted on a straight path has been read by us alone.
  @Test func `what is read as usable swift-certificates reads too, and the same in it`() throws {
    let root = try TestAuthority("Root")
    let authority = try root.intermediate("Intermediate")
    let leaf = try authority.leaf { draft in
      draft.names = [.dnsName("a.example"), .ipAddress(.init(contentBytes: [127, 0, 0, 1]))]
    }
    var random = DamagedChainTests.Seeded(state: 2027)
    var read = 0
    for original in [leaf, try authority.der] {
      let signed = try CertificateFields(der: original).signedBytes.indices
      for index in signed {
        for byte in [original[index] &+ 1, original[index] ^ 0x80, UInt8.random(in: .min ... .max, using: &random)] {
          var der = original
          der[index] = byte
          let library = try? Certificate(derEncoded: der)
          // We also refuse unused bits in a key, and another algorithm inside than outside.
          guard let fields = try? CertificateFields(der: der) else { continue }
          let isUsable =
            fields.signatureScheme != nil && (try? PublicKey(subjectPublicKeyInfo: fields.publicKeyInfo)) != nil
          guard let library else {
            #expect(!isUsable, "\(index): \(byte)")
            continue
          }
          read += 1
          #expect(fields.serialNumber.drop { $0 == 0 }.elementsEqual(library.serialNumber.bytes.drop { $0 == 0 }))
          #expect(fields.notBefore == Int64(library.notValidBefore.timeIntervalSince1970))
          #expect(fields.notAfter == Int64(library.notValidAfter.timeIntervalSince1970))
          #expect(fields.subject.text == "\(library.subject)".safeForDisplay || library.subject.isEmpty)
          #expect(fields.issuer.text == "\(library.issuer)".safeForDisplay || library.issuer.isEmpty)
          #expect(fields.publicKey.elementsEqual(library.publicKey.subjectPublicKeyInfoBytes))
          #expect(fields.signedBytes.elementsEqual(library.tbsCertificateBytes))
        }
      }
    }
    #expect(read > 500)
  }

  private static func read(_ item: Certificate.Extension, takesPlain: Bool) throws -> String {
    var serializer = DER.Serializer()
    try serializer.appendConstructedNode(identifier: .init(tagWithNumber: 3, tagClass: .contextSpecific)) { coder in
      try coder.appendConstructedNode(identifier: .sequence) { try $0.serialize(item) }
    }
    var walker = DERWalker(serializer.serializedBytes)
    return "\(try CertificateExtensions(&walker, takesPlain: takesPlain))"
  }

  private static func isPlain(_ number: UInt8, _ hexadecimal: String) throws -> Bool {
    var serializer = DER.Serializer()
    try serializer.serialize(
      Certificate.Extension(oid: [2, 5, 29, UInt(number)], critical: false, value: bytes(hexadecimal)[...]))
    var walker = DERWalker(serializer.serializedBytes)
    return PlainExtension(try ExtensionElement(&walker)) != nil
  }

  private static func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0..<$0 + 2]), radix: 16) }
  }
}
