//! Shells, queries, data formats, configuration, and some rarer languages.

use super::{BASE, Hash, Keys, Language};

pub(super) const LANGUAGES: &[Language] = &[
    Language {
        names: "bash sh shell zsh shellscript console terminal fish shell-session ksh",
        line_comments: &["#"],
        strings: &[("\"", true), ("'", true)],
        keywords: "case do done elif else end esac exit export fi for function if in local readonly \
            return select set shift source then time trap unset until while begin",
        constants: "true false",
        word_extra: "-./+:",
        variables: true,
        command_words: true,
        ..BASE
    },
    Language {
        names: "powershell ps1 pwsh ps",
        line_comments: &["#"],
        block_comments: &[("<#", "#>")],
        strings: &[("\"", true), ("'", true)],
        escapes: false,
        keywords: "begin break catch class continue data do dynamicparam else elseif end enum exit \
            filter finally for foreach from function if in param process return switch throw \
            trap try until using while",
        constants: "true false null",
        ignore_case: true,
        word_extra: "-",
        variables: true,
        ..BASE
    },
    Language {
        names: "batch bat cmd dos",
        line_comments: &["rem", "REM", "::"],
        strings: &[("\"", false)],
        keywords: "call cd chdir cls copy defined del do echo else endlocal errorlevel exist exit \
            for goto if in md mkdir move not nul pause popd pushd rd ren set setlocal shift \
            start title",
        ignore_case: true,
        ..BASE
    },
    Language {
        names: "sql postgresql postgres mysql sqlite plsql tsql mariadb duckdb",
        line_comments: &["--", "#"],
        block_comments: &[("/*", "*/")],
        strings: &[("'", true), ("\"", true), ("`", true)],
        escapes: false,
        keywords: "add all alter analyze and any as asc before begin between by case cast check \
            collate column commit conflict constraint create cross cube current database \
            declare default deferrable delete desc describe distinct do drop each else end \
            escape except execute exists explain fetch filter first following for foreign \
            from full function grant group having if ilike in index inner insert intersect \
            interval into is join key last lateral left like limit materialized merge natural \
            not nothing nulls of offset on or order outer over partition pragma preceding \
            primary procedure range recursive references rename replace returning returns \
            revoke right rollback row rows schema select sequence set show some strict table \
            temp temporary then to transaction trigger truncate unbounded union unique update \
            use using vacuum values view virtual when where window with within without",
        types: "bigint binary blob bool boolean bytea char character date datetime decimal double \
            float int integer json jsonb money numeric real serial smallint text time \
            timestamp timestamptz tinyint uuid varchar",
        constants: "true false null current_timestamp current_date",
        ignore_case: true,
        ..BASE
    },
    Language {
        names: "graphql gql",
        line_comments: &["#"],
        strings: &[("\"\"\"", true), ("\"", false)],
        keywords: "directive enum extend fragment implements input interface mutation on query \
            repeatable scalar schema subscription type union",
        types: "Boolean Float ID Int String",
        constants: "true false null",
        variables: true,
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "protobuf proto",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false), ("'", false)],
        keywords: "enum extend extensions import map message oneof option optional package public \
            repeated required reserved returns rpc service stream syntax to weak",
        types: "bool bytes double fixed32 fixed64 float int32 int64 sint32 sint64 string uint32 \
            uint64",
        constants: "true false",
        upper_types: true,
        ..BASE
    },
    Language {
        names: "css scss sass less stylus postcss",
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false), ("'", false)],
        keywords: "important from to and not only or",
        constants: "none auto inherit initial unset revert transparent",
        word_extra: "-",
        variables: true,
        annotations: true,
        keys: Keys::Colon,
        ..BASE
    },
    Language {
        names: "json json5 jsonc jsonl ndjson geojson webmanifest",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false), ("'", false)],
        constants: "true false null NaN Infinity",
        keys: Keys::Colon,
        ..BASE
    },
    Language {
        names: "yaml yml",
        line_comments: &["#"],
        strings: &[("\"", true), ("'", true)],
        constants: "true false null yes no on off True False",
        word_extra: "-./",
        keys: Keys::LineColon,
        ..BASE
    },
    Language {
        names: "toml ini cfg conf properties env dotenv editorconfig gitconfig desktop systemd",
        line_comments: &["#", ";"],
        strings: &[("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)],
        constants: "true false on off yes no",
        word_extra: "-.",
        keys: Keys::Equals,
        ..BASE
    },
    Language {
        names: "dockerfile docker containerfile",
        line_comments: &["#"],
        strings: &[("\"", true), ("'", true)],
        keywords: "add arg as cmd copy entrypoint env expose from healthcheck label maintainer \
            onbuild run shell stopsignal user volume workdir",
        ignore_case: true,
        word_extra: "-./",
        variables: true,
        ..BASE
    },
    Language {
        names: "makefile make mk cmake just justfile",
        line_comments: &["#"],
        strings: &[("\"", false)],
        keywords: "define else endef endif export if ifdef ifeq ifndef ifneq include override \
            private unexport vpath add_executable add_library add_subdirectory \
            cmake_minimum_required elseif endforeach endfunction endmacro find_package \
            foreach function install macro message option project set \
            target_include_directories target_link_libraries",
        word_extra: "-.",
        variables: true,
        keys: Keys::LineColon,
        ..BASE
    },
    Language {
        names: "nix",
        line_comments: &["#"],
        block_comments: &[("/*", "*/")],
        strings: &[("''", true), ("\"", true)],
        keywords: "assert builtins else if import in inherit let or rec then with",
        constants: "true false null",
        word_extra: "-'",
        variables: true,
        ..BASE
    },
    Language {
        names: "hcl terraform tf tfvars",
        line_comments: &["#", "//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false)],
        keywords: "data dynamic else endfor endif for for_each if in locals module moved output \
            provider provisioner resource terraform variable",
        constants: "true false null each self var local",
        word_extra: "-",
        keys: Keys::Equals,
        ..BASE
    },
    Language {
        names: "latex tex bibtex bib",
        line_comments: &["%"],
        escapes: false,
        ..BASE
    },
    Language {
        names: "asm nasm assembly x86asm armasm wasm wat",
        line_comments: &[";", "//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false), ("'", false)],
        keywords: "add and bl call cmp db dd dec div dq dw equ global extern idiv imul inc int ja \
            jae jb je jg jge jl jle jmp jne jnz jz lea ldr loop mov movzx mul neg nop not or \
            pop push ret sal sar section shl shr str sub syscall test xor func local param \
            result module export import i32 i64 f32 f64",
        types: "byte dword ptr qword word eax ebx ecx edx esi edi esp ebp rax rbx rcx rdx rsi rdi \
            rsp rbp r8 r9 r10 r11 r12 r13 r14 r15",
        ignore_case: true,
        word_extra: ".",
        ..BASE
    },
    Language {
        names: "solidity sol",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false), ("'", false)],
        keywords: "abstract anonymous as assembly break calldata catch constant constructor continue \
            contract delete do else emit enum event external fallback final for function if \
            immutable import indexed interface internal is library mapping memory modifier \
            new override payable pragma private public pure receive return returns revert \
            storage struct super throw try type unchecked using view virtual while",
        types: "address bool bytes bytes32 int int256 string uint uint8 uint256",
        constants: "true false this msg block tx",
        upper_types: true,
        ..BASE
    },
    Language {
        names: "groovy gradle jenkinsfile",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"\"\"", true), ("'''", true), ("\"", false), ("'", false)],
        keywords: "abstract as assert break case catch class continue def default do else enum \
            extends final finally for goto if implements import in instanceof interface \
            native new package private protected public return static super switch \
            synchronized this throw throws trait transient try var void volatile while",
        types: "boolean byte char double float int long short",
        constants: "true false null",
        annotations: true,
        upper_types: true,
        ..BASE
    },
    Language {
        names: "matlab octave",
        line_comments: &["%"],
        block_comments: &[("%{", "%}")],
        strings: &[("\"", false), ("'", false)],
        escapes: false,
        keywords: "break case catch classdef continue else elseif end for function global if \
            otherwise parfor persistent return spmd switch try while",
        constants: "true false pi inf nan ans",
        ..BASE
    },
    Language {
        names: "vb vbnet vba visual-basic basic",
        line_comments: &["'"],
        strings: &[("\"", false)],
        escapes: false,
        keywords: "addhandler and andalso as byref byval call case catch class const continue \
            declare default delegate dim do each else elseif end enum event exit finally for \
            friend function get handles if implements imports in inherits interface is let \
            lib like loop me mod module mustinherit mustoverride namespace new next not of on \
            operator option optional or orelse overloads overridable overrides private \
            property protected public raiseevent readonly redim rem resume return select set \
            shared static step stop structure sub synclock then throw to try until using when \
            while with xor",
        types: "boolean byte char date decimal double integer long object short single string \
            variant",
        constants: "true false nothing",
        ignore_case: true,
        ..BASE
    },
    Language {
        names: "fortran f90 f95",
        line_comments: &["!"],
        strings: &[("\"", false), ("'", false)],
        escapes: false,
        keywords: "allocatable allocate call case character close contains cycle deallocate \
            dimension do else elseif end enddo endif exit function if implicit in inout \
            intent interface module none open out parameter print program pure read recursive \
            result return save select stop subroutine then type use where while write",
        types: "complex double integer logical precision real",
        ignore_case: true,
        ..BASE
    },
    Language {
        names: "pascal delphi",
        line_comments: &["//"],
        block_comments: &[("{", "}")],
        strings: &[("'", false)],
        escapes: false,
        keywords: "and array as asm begin case class const constructor destructor div do downto else \
            end except exports file finalization finally for function goto if implementation \
            in inherited initialization inline interface is label library mod nil not object \
            of on or out packed procedure program property raise record repeat set shl shr \
            string then to try type unit until uses var while with xor",
        types: "boolean byte char double integer longint pchar real word",
        constants: "true false nil",
        ignore_case: true,
        ..BASE
    },
    Language {
        names: "http https nginx apache apacheconf caddyfile",
        line_comments: &["#"],
        strings: &[("\"", false), ("'", false)],
        keywords: "GET POST PUT PATCH DELETE HEAD OPTIONS HTTP if include listen location map \
            proxy_pass proxy_set_header return rewrite root server server_name upstream",
        constants: "on off",
        word_extra: "-/.",
        variables: true,
        keys: Keys::LineColon,
        ..BASE
    },
    Language {
        names: "glsl hlsl wgsl shader metal",
        line_comments: &["//"],
        block_comments: &[("/*", "*/")],
        strings: &[("\"", false)],
        keywords: "attribute break buffer case cbuffer const continue default discard do else fn for \
            highp if in inout layout let location lowp mediump out precision return static \
            struct switch uniform varying var void while workgroup",
        types: "bool f32 float float2 float3 float4 i32 int mat2 mat3 mat4 sampler2D u32 uint \
            vec2 vec3 vec4",
        constants: "true false",
        annotations: true,
        hash: Hash::Directive,
        ..BASE
    },
];
