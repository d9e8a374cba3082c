//! Languages that programs are written in.

use super::{BASE, Hash, Language};

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        names: "c h",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false)],
        keywords: "auto break case const continue default do else enum extern for goto if inline \
            register restrict return sizeof static struct switch typedef union volatile while \
            _Static_assert",
        types: "void bool char short int long float double signed unsigned size_t ssize_t \
            ptrdiff_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t FILE",
        constants: "true false NULL nullptr",
        char_literals: true,
        hash: Hash::Directive,
        ..BASE
    },
    Language {
        names: "cpp c++ cc cxx hpp cuda cu arduino ino objective-c objc m mm",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false)],
        keywords: "auto break case const continue default do else enum extern for goto if inline \
            register restrict return sizeof static struct switch typedef union volatile while \
            _Static_assert alignas alignof and asm catch class co_await co_return co_yield \
            concept consteval constexpr constinit const_cast decltype delete dynamic_cast \
            explicit export final friend import module mutable namespace new noexcept not \
            operator or override private protected public reinterpret_cast requires \
            static_assert static_cast template this throw try typeid typename using virtual",
        types: "void bool char short int long float double signed unsigned size_t ssize_t \
            ptrdiff_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t FILE \
            string vector map set pair optional variant unique_ptr shared_ptr wchar_t char8_t \
            char16_t char32_t auto",
        constants: "true false NULL nullptr nil YES NO",
        char_literals: true,
        hash: Hash::Directive,
        ..BASE
    },
    Language {
        names: "rust rs",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: true,
        strings: &[("\"", true)],
        keywords: "as async await break const continue crate dyn else enum extern fn for if impl in \
            let loop match mod move mut pub ref return self static struct super trait type \
            union unsafe use where while yield",
        types: "Self bool char str u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64",
        constants: "true false None Some Ok Err",
        char_literals: true,
        raw_strings: true,
        upper_types: true,
        bang_macros: true,
        hash: Hash::Attribute,
        ..BASE
    },
    Language {
        names: "csharp cs c#",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"\"\"", true), ("\"", false), ("'", false)],
        keywords: "abstract as async await base break case catch checked class const continue \
            default delegate do else enum event explicit extern finally fixed for foreach \
            from get global goto if implicit in init interface internal is let lock nameof \
            namespace new operator orderby out override params private protected public \
            readonly record ref required return sealed select set sizeof stackalloc static \
            struct switch this throw try typeof unchecked unsafe using var virtual volatile \
            when where while with yield",
        types: "bool byte char decimal double dynamic float int long nint nuint object sbyte \
            short string uint ulong ushort void",
        constants: "true false null",
        upper_types: true,
        hash: Hash::Directive,
        ..BASE
    },
    Language {
        names: "java",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"\"\"", true), ("\"", false), ("'", false)],
        keywords: "abstract assert break case catch class continue default do else enum exports \
            extends final finally for goto if implements import instanceof interface module \
            native new non-sealed open opens package permits private protected provides \
            public record requires return sealed static strictfp super switch synchronized \
            this throw throws to transient transitive try uses var volatile when while with \
            yield",
        types: "boolean byte char double float int long short void",
        constants: "true false null",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "kotlin kt kts",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: true,
        strings: &[("\"\"\"", true), ("\"", false), ("'", false)],
        keywords: "abstract actual annotation as break by catch class companion const constructor \
            continue crossinline data delegate do else enum expect external final finally for \
            fun get if import in infix init inline inner interface internal is lateinit \
            noinline object open operator out override package private protected public \
            reified return sealed set super suspend tailrec this throw try typealias val \
            value var vararg when where while",
        constants: "true false null",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "scala sc sbt",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: true,
        strings: &[("\"\"\"", true), ("\"", false)],
        keywords: "abstract case catch class def derives do else end enum export extends extension \
            final finally for forSome given if implicit import inline lazy match new object \
            opaque open override package private protected return sealed super then this \
            throw trait transparent try type using val var while with yield",
        constants: "true false null None Some",
        annotations: true,
        char_literals: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "swift",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        nested_comments: true,
        strings: &[("\"\"\"", true), ("\"", false)],
        keywords: "actor any as associatedtype async await borrowing break case catch class \
            consuming continue convenience default defer deinit didSet do dynamic else enum \
            extension fallthrough fileprivate final for func get guard if import in indirect \
            infix init inout internal is isolated lazy let mutating nonisolated open operator \
            optional override postfix precedencegroup prefix private protocol public repeat \
            required rethrows return self set some static struct subscript super switch throw \
            throws try typealias unowned var weak where while willSet",
        types: "Self",
        constants: "true false nil",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "go golang",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("`", true), ("\"", false), ("'", false)],
        keywords: "break case chan const continue default defer else fallthrough for func go goto if \
            import interface map package range return select struct switch type var",
        types: "any bool byte comparable complex64 complex128 error float32 float64 int int8 \
            int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr",
        constants: "true false nil iota",
        ..BASE
    },
    Language {
        names: "javascript js jsx mjs cjs node",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("`", true), ("\"", false), ("'", false)],
        keywords: "as async await break case catch class const continue debugger default delete do \
            else export extends finally for from function get if import in instanceof let new \
            of return set static super switch this throw try typeof var void while with yield",
        constants: "true false null undefined NaN Infinity",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "typescript ts tsx mts cts",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("`", true), ("\"", false), ("'", false)],
        keywords: "as async await break case catch class const continue debugger default delete do \
            else export extends finally for from function get if import in instanceof let new \
            of return set static super switch this throw try typeof var void while with yield \
            abstract accessor asserts declare enum implements infer interface is keyof module \
            namespace out override private protected public readonly satisfies type unique \
            using",
        types: "any bigint boolean never number object string symbol unknown",
        constants: "true false null undefined NaN Infinity",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "dart",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)],
        keywords: "abstract as assert async await base break case catch class const continue \
            covariant default deferred do else enum export extends extension external factory \
            final finally for get hide if implements import in interface is late library \
            mixin new of on operator part required rethrow return sealed set show static \
            super switch sync this throw try typedef var when while with yield",
        types: "bool double dynamic int num void",
        constants: "true false null",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "python py python3 py3 pyi ipython",
        line_comments: &["#"],
        strings: &[("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)],
        keywords: "and as assert async await break case class continue def del elif else except \
            finally for from global if import in is lambda match nonlocal not or pass raise \
            return try type while with yield",
        types: "bool bytes bytearray complex dict float frozenset int list object set str tuple",
        constants: "True False None self cls NotImplemented Ellipsis __name__",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "ruby rb erb rake gemfile",
        line_comments: &["#"],
        block_comments: &[("=begin", "=end")],
        strings: &[("\"", true), ("'", true)],
        keywords: "alias and begin break case class def defined? do else elsif end ensure extend for \
            if in include module next not or prepend private protected public raise redo \
            rescue retry return self super then undef unless until when while yield \
            attr_accessor attr_reader attr_writer require require_relative",
        constants: "true false nil __FILE__",
        word_extra: "?!",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "php",
        line_comments: &["//", "#"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", true), ("'", true)],
        keywords: "abstract and array as break callable case catch class clone const continue \
            declare default do echo else elseif empty enum extends final finally fn for \
            foreach function global goto if implements include include_once instanceof \
            insteadof interface isset list match namespace new or print private protected \
            public readonly require require_once return static switch throw trait try unset \
            use var while xor yield",
        types: "bool float int iterable mixed never object self string void",
        constants: "true false null TRUE FALSE NULL this",
        variables: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "perl pl pm",
        line_comments: &["#"],
        strings: &[("\"", true), ("'", true)],
        keywords: "and bless default die do each else elsif eq eval exists for foreach given goto if \
            keys last local my ne next no not or our package print push redo ref return say \
            shift sub undef unless until use values wantarray when while",
        constants: "__PACKAGE__",
        variables: true,
        annotations: true,
        ..BASE
    },
    Language {
        names: "lua luau",
        line_comments: &["--"],
        block_comments: &[("--[[", "]]")],
        strings: &[("\"", false), ("'", false)],
        keywords: "and break do else elseif end for function goto if in local not or repeat return \
            then until while",
        constants: "true false nil self",
        ..BASE
    },
    Language {
        names: "r rlang",
        line_comments: &["#"],
        strings: &[("\"", true), ("'", true)],
        keywords: "break else for function if in library next repeat require return source while",
        constants: "TRUE FALSE NULL NA NaN Inf T F",
        word_extra: ".",
        ..BASE
    },
    Language {
        names: "julia jl",
        line_comments: &["#"],
        block_comments: &[("#=", "=#")],
        strings: &[("\"\"\"", true), ("\"", true)],
        keywords: "abstract baremodule begin break catch const continue do else elseif end export \
            finally for function global if import in isa let local macro module mutable outer \
            primitive quote return struct try type using where while",
        constants: "true false nothing missing NaN Inf",
        word_extra: "!",
        annotations: true,
        char_literals: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "haskell hs",
        line_comments: &["--"],
        block_comments: &[("{-", "-}")],
        nested_comments: true,
        strings: &[("\"", false)],
        keywords: "as case class data default deriving do else family forall foreign hiding if \
            import in infix infixl infixr instance let mdo module newtype of qualified rec \
            then type where",
        constants: "True False Nothing Just Left Right",
        word_extra: "'",
        char_literals: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "ocaml ml fsharp fs f# elm purescript",
        line_comments: &["//", "--"],
        block_comments: &[("(*", "*)")],
        nested_comments: true,
        strings: &[("\"", true)],
        keywords: "alias and as assert async begin class constraint do done downto else end \
            exception exposing external for fun function functor if import in include inherit \
            initializer inline lazy let match member method module mutable new nonrec object \
            of open or override port private rec sig static struct then to try type use val \
            virtual when where while with yield",
        constants: "true false None Some Ok Error",
        word_extra: "'",
        char_literals: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "elixir ex exs",
        line_comments: &["#"],
        strings: &[("\"\"\"", true), ("\"", true), ("'", false)],
        keywords: "after alias and case catch cond def defdelegate defguard defimpl defmacro \
            defmacrop defmodule defp defprotocol defstruct do else end fn for if import in \
            not or quote raise receive require rescue reraise super throw try unless unquote \
            use when with",
        constants: "true false nil",
        word_extra: "?!",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "erlang erl",
        line_comments: &["%"],
        strings: &[("\"", true)],
        keywords: "after and andalso band begin bnot bor bsl bsr bxor case catch cond div end fun if \
            let maybe not of or orelse receive rem throw try when xor",
        constants: "true false undefined ok error",
        upper_types: true,
        ..BASE
    },
    Language {
        names: "clojure clj cljs lisp elisp emacs-lisp scheme scm racket rkt common-lisp",
        line_comments: &[";"],
        block_comments: &[("#|", "|#")],
        nested_comments: true,
        strings: &[("\"", true)],
        keywords: "and begin case cond cons def default defclass define defmacro defmethod defn \
            defprotocol defrecord defun defvar do dolist dotimes else fn for if import in-ns \
            lambda let let* letrec loop module ns or progn provide quote recur require set! \
            setf setq unless use when while",
        constants: "true false nil t",
        word_extra: "-*?!<>/.+=",
        ..BASE
    },
    Language {
        names: "zig",
        line_comments: &["//"],
        strings: &[("\"", false), ("'", false)],
        keywords: "addrspace align allowzero and anyframe anytype asm async await break callconv \
            catch comptime const continue defer else enum errdefer error export extern fn for \
            if inline linksection noalias noinline nosuspend opaque or orelse packed pub \
            resume return struct suspend switch test threadlocal try union unreachable \
            usingnamespace var volatile while",
        types: "anyerror bool f16 f32 f64 f128 i8 i16 i32 i64 i128 isize noreturn type u8 u16 u32 \
            u64 u128 usize void",
        constants: "true false null undefined",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "nim",
        line_comments: &["#"],
        block_comments: &[("#[", "]#")],
        nested_comments: true,
        strings: &[("\"\"\"", true), ("\"", false)],
        keywords: "addr and as asm bind block break case cast concept const continue converter defer \
            discard distinct div do elif else end enum except export finally for from func if \
            import in include interface is isnot iterator let macro method mixin mod nil not \
            notin object of or out proc ptr raise ref return shl shr static template try \
            tuple type using var when while xor yield",
        types: "bool char float int seq string void",
        constants: "true false",
        upper_types: true,
        ..BASE
    },
];
