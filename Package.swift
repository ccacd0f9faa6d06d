// swift-tools-version: 6.2
import PackageDescription

/// How every target of ours is compiled. Warnings are errors in CI, and only there: a newer compiler must not break a user.
let language: [SwiftSetting] =
  [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"), .enableExperimentalFeature("Lifetimes"),
  ] + (Context.environment["CI"] == nil ? [] : [.treatAllWarnings(as: .error)])
/// And everything that users get, besides.
let house = language + [.strictMemorySafety()]

let crypto: [Target.Dependency] = [
  .product(name: "Crypto", package: "swift-crypto"),
  .product(name: "_CryptoExtras", package: "swift-crypto"),
]
let certificates: [Target.Dependency] = [
  .product(name: "X509", package: "swift-certificates"),
  .product(name: "SwiftASN1", package: "swift-asn1"),
]

/// With it the fuzzer has no main of its own: libFuzzer brings one (`swift build --sanitize=fuzzer`).
let libFuzzer: [SwiftSetting] = Context.environment["HANDFAST_LIBFUZZER"] == nil ? [] : [.define("LIBFUZZER")]

let package = Package(
  name: "handfast",
  platforms: [.macOS(.v26)],
  products: [
    .library(name: "Handfast", targets: ["Handfast"]),
    .library(name: "HandfastNIO", targets: ["HandfastNIO"]),
    .library(name: "HandfastInspect", targets: ["HandfastInspect"]),
    .executable(name: "handfast", targets: ["HandfastTool"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-certificates.git", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1.git", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-system.git", from: "1.8.0"),
  ],
  targets: [
    .target(name: "HandfastWire", swiftSettings: house),
    .target(name: "HandfastCore", dependencies: ["HandfastWire"], swiftSettings: house),
    .target(
      name: "CHandfastBoring",
      dependencies: [.product(name: "_CryptoExtras", package: "swift-crypto")]),
    .target(
      name: "HandfastCrypto",
      dependencies: ["HandfastCore", "HandfastWire", "CHandfastBoring"] + crypto, swiftSettings: house),
    .target(
      name: "HandfastTrust",
      dependencies: ["HandfastCore", "HandfastWire", "HandfastCrypto"] + crypto + certificates,
      swiftSettings: house),
    .target(
      name: "Handfast",
      dependencies: [
        "HandfastWire", "HandfastCore", "HandfastCrypto", "HandfastTrust",
        .product(name: "SystemPackage", package: "swift-system"),
      ],
      swiftSettings: house),
    .target(
      name: "HandfastNIO",
      dependencies: [
        "Handfast",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ], swiftSettings: house),
    .target(
      name: "HandfastInspect",
      dependencies: ["Handfast", "HandfastWire", "HandfastCore", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: house),
    .target(
      name: "HandfastCommands",
      dependencies: [
        "Handfast", "HandfastNIO", "HandfastInspect", "HandfastTrust", "HandfastCore", "HandfastWire",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: house),
    .executableTarget(
      name: "HandfastTool", dependencies: ["HandfastCommands"],
      swiftSettings: house),
    .target(
      name: "HandfastTestKit",
      dependencies: ["Handfast", "HandfastWire", "HandfastCore", "HandfastCrypto", "HandfastTrust"],
      swiftSettings: house),
    // Speaks x509-limbo's harness protocol; here, and no package of its own, so that the tests judge with the same lines.
    .executableTarget(
      name: "LimboHarness", dependencies: ["HandfastTrust", "HandfastCore", "HandfastWire"], path: "Interop/Limbo",
      exclude: ["check.py"], swiftSettings: house),
    // What the fuzzers do with one input, and the programs around it. Here, because they need what is not public.
    .target(
      name: "HandfastFuzz",
      dependencies: [
        "Handfast", "HandfastWire", "HandfastCore", "HandfastCrypto", "HandfastTrust", "HandfastInspect",
        "HandfastTestKit",
      ],
      path: "Fuzz/Bodies", swiftSettings: house),
    .executableTarget(
      name: "HandfastFuzzer", dependencies: ["HandfastFuzz"], path: "Fuzz/Fuzzer", swiftSettings: house + libFuzzer),
    .executableTarget(
      name: "HandfastTiming",
      dependencies: ["HandfastCore", "HandfastWire", "HandfastCrypto", "HandfastTestKit", "Handfast"],
      path: "Fuzz/Timing", swiftSettings: house),
    // Which tests wait for one another; every target of tests has it.
    .target(name: "TestTurns", path: "Tests/TestTurns", swiftSettings: house),
    .testTarget(
      name: "HandfastFuzzTests",
      dependencies: [
        "TestTurns", "HandfastFuzz", "HandfastTestKit", "Handfast", "HandfastCore", "HandfastCrypto", "HandfastWire",
      ],
      swiftSettings: house),
    // What BoringSSL's BoGo runner drives, on what users have too. Here, so that the tests can drive it as well.
    .executableTarget(name: "BogoShim", dependencies: ["Handfast"], path: "Interop/BogoShim", swiftSettings: language),
    // Counted under Callgrind; here, so that CI builds no second package for it.
    .target(name: "CallgrindRequests", path: "Benchmarks/CallgrindRequests"),
    .executableTarget(
      name: "InstructionCounts",
      dependencies: [
        "CallgrindRequests", "Handfast", "HandfastCore", "HandfastTestKit", "HandfastTrust", "HandfastWire",
      ],
      path: "Benchmarks/Counts", exclude: ["check.py", "counts.json"], swiftSettings: house),
    .testTarget(name: "HandfastWireTests", dependencies: ["TestTurns", "HandfastWire"], swiftSettings: house),
    .testTarget(
      name: "HandfastCoreTests",
      dependencies: [
        "TestTurns", "HandfastCore", "HandfastWire", "HandfastCrypto", "HandfastTestKit", "HandfastTrust", "Handfast",
      ],
      swiftSettings: house),
    .testTarget(
      name: "HandfastCryptoTests",
      dependencies: [
        "TestTurns", "HandfastTestKit", "HandfastCrypto", "HandfastCore", "HandfastWire", "CHandfastBoring",
      ] + crypto,
      swiftSettings: house),
    .testTarget(
      name: "HandfastTrustTests",
      dependencies: ["TestTurns", "HandfastTrust", "HandfastCore", "HandfastWire", "HandfastCrypto", "LimboHarness"]
        + crypto
        + certificates,
      swiftSettings: house),
    .testTarget(
      name: "HandfastTests",
      dependencies: [
        "TestTurns", "Handfast", "HandfastCore", "HandfastWire", "HandfastCrypto", "HandfastTrust", "HandfastTestKit",
      ],
      swiftSettings: house),
    .testTarget(
      name: "BogoShimTests",
      dependencies: ["TestTurns", "BogoShim", "Handfast", "HandfastCore", "HandfastTrust", "HandfastTestKit"],
      swiftSettings: language),
    .testTarget(
      name: "HandfastNIOTests",
      dependencies: [
        "TestTurns", "HandfastNIO", "Handfast", "HandfastTrust", "HandfastTestKit",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      swiftSettings: house),
    .testTarget(
      name: "HandfastInspectTests",
      dependencies: ["TestTurns", "HandfastInspect", "Handfast", "HandfastCore", "HandfastWire", "HandfastTestKit"],
      swiftSettings: house),
    .testTarget(
      name: "HandfastCommandsTests",
      dependencies: [
        "TestTurns", "HandfastCommands", "HandfastNIO", "HandfastInspect", "HandfastTrust", "Handfast", "HandfastCore",
        "HandfastWire", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: house),
  ]
)
