var y,jt,it,X,nt,Le,Ut,je,Lt,rt,ot,no,Se=Symbol.for("pv"),Fe={},Re=[],oo=/^m(i|n|o|s|text|space)$/,st=Array.isArray,at=Re.slice,re=Object.assign;function ie(e){e&&e.parentNode&&e.remove()}function ke(e,t,n){var o,r,i,s={},a=arguments.length;for(i in t)i=="key"?o=t[i]:i=="ref"&&typeof e!="function"?r=t[i]:s[i]=t[i];return a>2&&(s.children=a>3?at.call(arguments,2):n),be(e,s,o,r,null)}function be(e,t,n,o,r){var i={type:e,props:t,key:n,ref:o,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Se,__v:r||++jt,__i:-1,__u:0};return!r&&y.vnode&&y.vnode(i),i}function ae(e){return e.children}function se(e,t){this.props=e,this.context=t,this.__g=0}function Z(e,t){if(t==null)return e.__&&Z(e.__,e.__i+1);for(var n;t<e.__k.length;t++)if((n=e.__k[t])&&n.__e)return n.__e;return typeof e.type!="function"||e.props.__P?null:Z(e)}function io(e){var t,n=e.__v,o=n.__e,r=[],i=[],s=e.__P;s&&((t=re({constructor:Se},n)).__v=n.__v+1,y.vnode&&y.vnode(t),ut(s,t,n,e.__n,s.namespaceURI,32&n.__u?[o]:null,r,o||Z(n),32&n.__u,i),t.__v=n.__v,t.__.__k[t.__i]=t,Vt(r,t,i),n.__=n.__e=null,t.__e!=o&&Ft(t))}function Ft(e){if((e=e.__)&&e.__c&&!e.props.__P)return e.__e=null,e.__k.some(function(t){return t&&(e.__e=t.__e)}),Ft(e)}function At(e){(8&e.__g||(e.__g|=8,X.push(e),Le++))&&nt==y.debounceRendering||((nt=y.debounceRendering)||queueMicrotask)(Rt)}function Rt(){try{for(var e,t=1;X.length;)X.length>t&&X.sort(Ut),e=X.shift(),t=X.length,8&e.__g&&io(e)}finally{(Le=X.length)&&(nt||queueMicrotask)(Rt)}}function It(e,t,n,o,r,i,s,a,f,_,l){var h,d,c,p,v,m,g=o.__k||Re,$=t.length;for(f=ro(n,t,g,f,$),h=0;h<$;h++)(c=n.__k[h])!=null&&(d=~c.__i&&g[c.__i]||Fe,c.__i=h,m=ut(e,c,d,r,i,s,a,f,_,l),p=c.__e,(d.ref!=c.ref||8&d.__u)&&(d.ref&&ct(d.ref,null,c,d),c.ref&&l.push(c.ref,c.__c||p,c)),v=v||p,4&c.__u?(f=Ht(c,f,e,!d.__v),d.__e&&(d.__e=null)):typeof c.type=="function"&&m!==void 0?f=m:p&&(f=p.nextSibling),c.__u&=-21);return n.__e=v,f}function ro(e,t,n,o,r){var i,s,a,f,_,l,h,d,c,p=n.length,v=p,m=0,g=0,$=e.__k=Array(r);for(i=0;i<r;i++)(s=t[i])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=$[i]=be(null,s):st(s)?s=$[i]=be(ae,{children:s}):s.constructor===Se&&s.__b?s=$[i]=be(s.type,s.props,s.key,s.ref,s.__v):$[i]=s,f=i+m,s.__=e,s.__b=e.__b+1,a=null,~(_=s.__i=so(s,n,f,v))&&(v--,(a=n[_])&&(a.__u|=2)),a&&a.__v?(s.__u|=16,_==f-1?m--:_==f+1?m++:_!=f&&(_>f?m--:m++,g=1)):(~_||(r>p?m--:r<p&&m++),typeof s.type!="function"&&(s.__u|=4))):$[i]=null;if(g){for(l=[],h=[],i=0;i<r;i++)if((s=$[i])&&16&s.__u){for(m=0,d=l.length;m<d;)l[c=m+d>>1]<s.__i?m=c+1:d=c;l[m]=s.__i,h[i]=m+1}for(m=l.length;i--;)h[i]&&(h[i]==m?m--:$[i].__u|=4)}if(v)for(i=0;i<p;i++)!(a=n[i])||2&a.__u||(a.__e==o&&(o=Z(a)),lt(a,a));return o}function Ht(e,t,n,o){var r,i,s,a;if(typeof e.type=="function"){if(e.props.__P)return t;if(r=e.__k)for(i=0;i<r.length;i++)r[i]&&(r[i].__=e,t=Ht(r[i],t,n,!1));return t}for(t&&!t.parentNode&&(t=Z(e))&&!t.parentNode&&(t=null),s=e.__e,a=t;a&&a.nodeType==8;)a=a.nextSibling;for(s!=a&&(!o&&n.moveBefore&&s.parentNode?n.moveBefore(s,t):n.insertBefore(s,t||null)),t=s;(t=t&&t.nextSibling)&&t.nodeType==8&&!t.data.startsWith("$s"););return t}function so(e,t,n,o){var r,i=e.key,s=e.type,a=t[n],f=a&&!(2&a.__u);if(a===null&&i==null||f&&i==a.key&&s==a.type)return n;if(o>(f?1:0)){for(r=n-1;r>=0;r--)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r;for(r=n+1;r<t.length;r++)if((a=t[r])&&!(2&a.__u)&&i==a.key&&s==a.type)return r}return-1}function Dt(e,t,n){n==null&&(n=""),t[0]=="-"?e.setProperty(t,n):e[t]=n}function De(e,t,n,o,r){var i,s;if(t=="style")if(typeof n=="string")e.style.cssText=n;else{if(typeof o=="string"&&(e.style.cssText=o=""),o)for(t in o)n&&t in n||Dt(e.style,t);if(n)for(t in n)o&&n[t]==o[t]||Dt(e.style,t,n[t])}else if(t[0]=="o"&&t[1]=="n")typeof n!="function"&&(n=null),typeof o!="function"&&(o=null),(e.__e||(e.__e={}))[t]=n,n&&o||(s=ot[t]||(ot[t]=ao(t)),(e.__a||(e.__a={}))[t]=rt,i=t!=(t=t.replace(Lt,"$1")),(t=t.slice(2))[0]<"a"&&(t=t.toLowerCase()),n?e.addEventListener(t,s,i):e.removeEventListener(t,s,i));else{if(r=="http://www.w3.org/2000/svg")t=t.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(t!="width"&&t!="height"&&t!="href"&&t!="list"&&t!="form"&&t!="tabIndex"&&t!="download"&&t!="rowSpan"&&t!="colSpan"&&t!="role"&&t!="popover"&&t in e)try{return void(e[t]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&t[4]!="-"?e.removeAttribute(t):e.setAttribute(t,t=="popover"&&n==1?"":n)}}function ao(e){return function(t){var n=this.__e;if(n){if(n=n[e],t[je]==null)t[je]=rt++;else if(t[je]<this.__a[e])return;return n(y.event?y.event(t):t)}}}function ut(e,t,n,o,r,i,s,a,f,_){var l,h,d,c,p,v,m,g,$,P,k,tt,Mt,Ae,ne,qt,J,oe,G=t.type;if(t.constructor!==Se)return null;128&n.__u&&(f=32&n.__u,l=n.__c.__z)&&(t.__u|=f,h=i=[],l.nodeType==8?a=Ue(l,i):i.push(l),a=i[0]||a),(l=y.__b)&&l(t);e:if(typeof G=="function"){d=s.length;try{if(g=t.props,$=(l=G.prototype)&&l.render,P=(l=G.contextType)&&o[l.__c],k=l?P?P.props.value:l.__:o,(c=n.__c)?(t.__c=c,2&c.__g&&(c.__g|=1)):($?t.__c=c=new G(g,k):(t.__c=c=new se(g,k),c.constructor=G,c.render=co),P&&P.sub(c),c.state||(c.state={}),c.__n=o,c.__g|=8,c.__h=[],c.__k=[]),$&&(c.__s||(c.__s=c.state),G.getDerivedStateFromProps&&(c.__s==c.state&&(c.__s=re({},c.__s)),re(c.__s,G.getDerivedStateFromProps(g,c.__s)))),p=c.props,v=c.state,c.__v=t,n.__c){if(g!==p&&$&&!G.getDerivedStateFromProps&&c.componentWillReceiveProps&&c.componentWillReceiveProps(g,k),t.__v==n.__v&&!(8&c.__g)||!(4&c.__g)&&c.shouldComponentUpdate&&c.shouldComponentUpdate(g,c.__s,k)===!1){t.__v!=n.__v&&(c.props=g,c.state=c.__s,c.__g&=-9),t.__e=n.__e,t.__k=n.__k,t.__k.some(function(j){j&&(j.__=t)}),Re.push.apply(c.__h,c.__k),c.__k=[],c.__h.length&&s.push(c),a=Z(n);break e}c.componentWillUpdate&&c.componentWillUpdate(g,c.__s,k),$&&c.componentDidUpdate&&c.__h.push(function(){c.componentDidUpdate(p,v,m)})}else $&&!G.getDerivedStateFromProps&&c.componentWillMount&&c.componentWillMount(),$&&c.componentDidMount&&c.__h.push(c.componentDidMount);c.context=k,c.props=g,c.__P=e,c.__g&=-5,tt=y.__r,Mt=$?25:0;do c.__g&=-9,tt&&tt(t),l=c.render(c.props,c.state=c.__s,c.context);while(8&c.__g&&++Mt<25);$&&(Re.push.apply(c.__h,c.__k),c.__k=[]),c.state=c.__s,c.getChildContext&&(o=re({},o,c.getChildContext())),$&&n.__c&&c.getSnapshotBeforeUpdate&&(m=c.getSnapshotBeforeUpdate(p,v)),Ae=l&&l.type===ae&&l.key==null?l.props.children:l,g.__P&&(l=a,r=(e=g.__P).namespaceURI,f=i=null,n.props&&n.props.__P!=e&&(n.__k.some(function(j){j&&lt(j,j)}),n.__k=null),a=n.__k?Z(n,0):null),a=It(e,st(Ae)?Ae:[Ae],t,n,o,r,i,s,a,f,_),g.__P&&(t.__e=null,a=l),t.__u&=-161,h&&h.some(ie),c.__h.length&&s.push(c),1&c.__g&&(c.__g&=-4)}catch(j){if(s.length=d,t.__v=null,f||i)if(j&&j.then){if(t.__u|=128|f,i){for(~(J=i.indexOf(a||void 0))||(J=i.length);(oe=i[J-1])&&oe.nodeType==8;)J--;for(;J<i.length;J++)if(oe=i[J])if(i[J]=null,ne){if(oe==qt)break}else{if(oe.nodeType!=8)break;oe.data.startsWith("$s")&&(qt=Ue(ne=oe))}}if(!ne){for(;a&&a.nodeType==8&&a.nextSibling;)a=a.nextSibling;ne=a}(l=Ue(ne=t.__c.__z||(t.__c.__z=ne)))?(t.__e=ne,a=l):t.__e=a,a=a&&a.nextSibling}else i&&i.some(ie);else t.__e=n.__e;t.__k||(t.__k=n.__k||[]),j&&j.then||Bt(t),y.__e(j,t,n)}}else a=t.__e=uo(n.__e,t,n,o,r,i,s,f,_,e);return(l=y.diffed)&&l(t),a}function Ue(e,t){if(e&&e.nodeType==8&&e.data.startsWith("$s"))for(var n=1;e=e.nextSibling;){if(e.nodeType==8){if(e.data.startsWith("$s"))n++;else if(e.data.startsWith("/$s")&&!--n)return e}t&&t.push(e)}}function Bt(e){e&&(e.__c&&(e.__c.__g|=4),e.__k&&e.__k.some(Bt))}function Vt(e,t,n){for(var o=0;o<n.length;)ct(n[o++],n[o++],n[o++]);y.__c&&y.__c(t,e),e.some(function(r){try{e=r.__h,r.__h=[],e.some(function(i){i.call(r)})}catch(i){y.__e(i,r.__v)}})}function uo(e,t,n,o,r,i,s,a,f,_){var l,h,d,c,p,v,m,g,$=n.props||Fe,P=t.props,k=t.type;if(k=="svg"?r="http://www.w3.org/2000/svg":k=="math"?r="http://www.w3.org/1998/Math/MathML":r||(r="http://www.w3.org/1999/xhtml"),i){for(l=0;l<i.length;l++)if((p=i[l])&&(k?p.localName==k:p.nodeType==3)){e=p,i[l]=null;break}}if(!e){if(g=_.ownerDocument||document,!k)return g.createTextNode(P);e=g.createElementNS(r,k,P.is?P:_),a&&(y.__m&&y.__m(t,i),a=!1),i=null}if(k){if(_=k=="template"&&e.content||e,i=k=="textarea"&&P.defaultValue!=null?null:i&&at.call(_.childNodes),!a&&i)for($={},l=0;l<e.attributes.length;l++)$[(p=e.attributes[l]).name]=p.value;for(l in $)p=$[l],l=="dangerouslySetInnerHTML"?d=p:l=="children"||l in P||l=="value"&&"defaultValue"in P||l=="checked"&&"defaultChecked"in P||De(e,l,null,p,r);for(l in P)p=P[l],l=="children"?c=p:l=="dangerouslySetInnerHTML"?h=p:l=="value"?v=p:l=="checked"?m=p:a&&typeof p!="function"||$[l]===p||De(e,l,p,$[l],r);h?(a||d&&(h.__html==d.__html||h.__html==e.innerHTML)||(e.innerHTML=h.__html),t.__k=[]):(d&&(e.textContent=""),(k=="foreignObject"||r=="http://www.w3.org/1998/Math/MathML"&&oo.test(k))&&(r="http://www.w3.org/1999/xhtml"),It(_,st(c)?c:[c],t,n,o,r,i,s,i?i[0]:n.__k&&Z(n,0),a,f),i&&i.some(ie)),a&&k!="textarea"||(l="value",k=="progress"&&v==null?e.removeAttribute(l):v==null||v===e[l]&&(k!="progress"||v)||De(e,l,v,$[l],r),l="checked",m!=null&&m!=e[l]&&De(e,l,m,$[l],r))}else $===P||a&&e.data==P||(e.data=P);return e}function ct(e,t,n,o){try{typeof e=="function"?t?t.__x=e(t)||1:o&&(o=o.__c||o.__e)&&(t=o.__x)&&(o.__x=null,typeof t=="function"?t():e(null)):e.current=t}catch(r){y.__e(r,n)}}function lt(e,t,n){var o,r,i,s;if(y.unmount&&y.unmount(e),!(o=e.ref)||o.current&&o.current!=e.__e||ct(o,null,t,e),o=e.__c){if(o.componentWillUnmount)try{o.componentWillUnmount()}catch(a){y.__e(a,t)}o.__P=o.__n=null}if(o=e.__k)for(s=0;s<o.length;s++)o[s]&&lt(o[s],t,typeof e.type!="function"||n&&!e.props.__P);!n&&(o=e.__c)&&(o=o.__z)&&(r=Ue(o,i=[]))&&(o==e.__e&&i.some(ie),ie(r),ie(o)),n||ie(e.__e),e.__e=e.__c=e.__=null}function co(e,t,n){return this.constructor(e,n)}function ft(e,t){var n,o,r,i;y.__&&y.__(e,t),t.nodeType==9&&(t=t.documentElement),o=(n=e&&32&e.__u)?null:t.__k,t.__k=be(ae,{children:[e]}),r=[],i=[],ut(t,t.__k,o||Fe,Fe,t.namespaceURI,o?null:t.firstChild?at.call(t.childNodes):null,r,o?o.__e:t.firstChild,n,i),Vt(r,t.__k,i),t.__k.props.children=null}y={__e:function(e,t,n,o){for(var r,i,s;t=t.__;)if((r=t.__c)&&!(1&r.__g)){r.__g|=4;try{if((s=(i=r.constructor)&&i.getDerivedStateFromError)&&r.setState(i.getDerivedStateFromError(e)),r.componentDidCatch&&(r.componentDidCatch(e,o||{}),s=1),s&&8&r.__g)return void(r.__g|=2)}catch(a){e=a}}throw Le=0,e}},jt=0,it=function(e){return e!=null&&e.constructor===Se},se.prototype.setState=function(e,t){var n=this.__s;n&&n!=this.state||(n=this.__s=re({},this.state)),typeof e=="function"&&(e=e(re({},n),this.props)),e&&(re(n,e),this.__v&&(t&&this.__k.push(t),At(this)))},se.prototype.forceUpdate=function(e){this.__v&&(this.__g|=4,e&&this.__h.push(e),At(this))},se.prototype.render=ae,X=[],Le=0,Ut=function(e,t){return e.__v.__b-t.__v.__b},je=Symbol(),Lt=/(PointerCapture)$|Capture$/i,rt=0,ot={},no=0;var Wt=function(e,t,n,o){var r;t[0]=0;for(var i=1;i<t.length;i++){var s=t[i++],a=t[i]?(t[0]|=s?1:2,n[t[i++]]):t[++i];s===3?o[0]=a:s===4?o[1]=Object.assign(o[1]||{},a):s===5?(o[1]=o[1]||{})[t[++i]]=a:s===6?o[1][t[++i]]+=a+"":s?(r=e.apply(a,Wt(e,a,n,["",null])),o.push(r),a[0]?t[0]|=2:(t[i-2]=0,t[i]=r)):o.push(a)}return o},Qt=new Map;function zt(e){var t=Qt.get(this);return t||(t=new Map,Qt.set(this,t)),(t=Wt(this,t.get(e)||(t.set(e,t=function(n){for(var o,r,i=1,s="",a="",f=[0],_=function(d){i===1&&(d||(s=s.replace(/^\s*\n\s*|\s*\n\s*$/g,"")))?f.push(0,d,s):i===3&&(d||s)?(f.push(3,d,s),i=2):i===2&&s==="..."&&d?f.push(4,d,0):i===2&&s&&!d?f.push(5,0,!0,s):i>=5&&((s||!d&&i===5)&&(f.push(i,0,s,r),i=6),d&&(f.push(i,d,0,r),i=6)),s=""},l=0;l<n.length;l++){l&&(i===1&&_(),_(l));for(var h=0;h<n[l].length;h++)o=n[l][h],i===1?o==="<"?(_(),f=[f],i=3):s+=o:i===4?s==="--"&&o===">"?(i=1,s=""):s=o+s[0]:a?o===a?a="":s+=o:o==='"'||o==="'"?a=o:o===">"?(_(),i=1):i&&(o==="="?(i=5,r=s,s=""):o==="/"&&(i<5||n[l][h+1]===">")?(_(),i===3&&(f=f[0]),i=f,(f=f[0]).push(2,0,i),i=0):o===" "||o==="	"||o===`
`||o==="\r"?(_(),i=2):s+=o),i===3&&s==="!--"&&(i=4,f=f[0])}return _(),f}(e)),t),arguments,[])).length>1?t:t[0]}var u=zt.bind(ke);var we,T,_t,Gt,pt=Object.is,Ie=0,on=[],dt=[],w=y,Kt=w.__b,Yt=w.__r,Jt=w.diffed,Xt=w.__c,Zt=w.unmount,en=w.__;function ht(e,t){w.__h&&w.__h(T,e,Ie||t),Ie=0;var n=T.__H||(T.__H={__:[],__h:[]});return e>=n.__.length&&n.__.push({}),n.__[e]}function x(e){return Ie=1,lo(sn,e)}function lo(e,t,n){var o=ht(we++,2);if(o.t=e,!o.__c&&(o.__=[n?n(t):sn(void 0,t),function(i){var s=(o.__N||o.__)[0],a=o.t(s,i);pt(s,a)||(o.__N=[a,o.__[1]],o.__c.setState({}))}],o.__c=T,!T.__f)){T.__f=!0;var r=T.shouldComponentUpdate;T.shouldComponentUpdate=function(i,s,a){var f=this.__H;if(!f)return!0;var _=!1,l=this.props!=i;if(f.__.some(function(d){d.__N&&(_=!0,pt(d.__[0],d.__N[0])||(l=!0))}),r){var h=r.call(this,i,s,a);return _?h||l:h}return!_||l}}return o.__}function q(e,t){var n=ht(we++,3);!w.__s&&rn(n.__H,t)&&(n.__P=!0,n.__=e,n.u=t,T.__H.__h.push(n))}function ue(e){return Ie=5,He(function(){return{current:e}},[])}function He(e,t){var n=ht(we++,7);return rn(n.__H,t)&&(n.__=e(),n.__H=t),n.__}function fo(){var e;do{for(;e=dt.shift();)try{xe(e)}catch(n){w.__e(n,{__:(e=e.__P)&&e.__v})}for(;e=on.shift();){var t=e.__H;if(e.__P&&t)try{t.__h.some(xe),t.__h.some(mt),t.__h=[]}catch(n){t.__h=[],w.__e(n,e.__v)}}}while(dt.length)}w.__b=function(e){T=null,Kt&&Kt(e)},w.__=function(e,t){e&&t.__k&&t.__k.__m&&(e.__m=t.__k.__m),en&&en(e,t)},w.__r=function(e){Yt&&Yt(e),we=0;var t=(T=e.__c).__H;t&&(_t==T?T.__h=[]:(t.__h.some(xe),t.__h.some(mt),we=0),t.__h=[],t.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),_t=T},w.diffed=function(e){Jt&&Jt(e);var t=e.__c;t&&t.__H&&(t.__H.__h.length&&nn(on.push(t)),t.__H.__.some(function(n){n.u&&(n.__H=n.u)})),_t=T=null},w.__c=function(e,t){t.some(function(n){try{n.__h.some(xe),n.__h=n.__h.filter(function(o){return!o.__||mt(o)})}catch(o){n.__h=[function(){throw o}]}}),Xt&&Xt(e,t)},w.unmount=function(e){Zt&&Zt(e);var t,n,o=e.__c;o&&o.__H&&(o.__H.__.some(function(r){try{if(r.__P&&r.__c){if(n===void 0){for(n=e.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}r.__P=n,nn(dt.push(r))}else xe(r)}catch(i){t=i}}),o.__H=void 0,t&&w.__e(t,o.__v))};var tn=typeof requestAnimationFrame=="function";function _o(e){var t,n=function(){clearTimeout(o),tn&&cancelAnimationFrame(t),setTimeout(e)},o=setTimeout(n,35);tn&&(t=requestAnimationFrame(n))}function nn(e){e!=1&&Gt==w.requestAnimationFrame||((Gt=w.requestAnimationFrame)||_o)(fo)}function xe(e){var t=T,n=e.__c;typeof n=="function"&&(e.__c=void 0,n()),T=t}function mt(e){var t=T;e.__c=e.__(),T=t}function rn(e,t){return!e||e.length!=t.length||t.some(function(n,o){return!pt(n,e[o])})}function sn(e,t){return typeof t=="function"?t(e):t}var po=Symbol.for("preact-signals");function We(){if(K>1)K--;else{var e,t=!1;for(function(){var r=Ve;for(Ve=void 0;r!==void 0;){var i=r.S;if(i.v===r.v)for(var s=i.t;s!==void 0;s=s.x)s.i===r.i&&(s.i=i.i);r=r.o}}();Ce!==void 0;){var n=Ce;for(Ce=void 0,Be++;n!==void 0;){var o=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&un(n))try{n.c()}catch(r){t||(e=r,t=!0)}n=o}}if(Be=0,K--,t)throw e}}function $t(e){if(K>0)return e();vt=++mo,K++;try{return e()}finally{We()}}var Te,b=void 0;function Ee(e){var t=b,n=Te;b=void 0,Te=void 0;try{return e()}finally{b=t,Te=n}}var Ce=void 0,K=0,Be=0,mo=0,vt=0,Ve=void 0,Qe=0;function an(e){if(b!==void 0){var t=e.n;if(t===void 0||t.t!==b)return t={i:0,S:e,p:b.s,n:void 0,t:b,e:void 0,x:void 0,r:t},b.s!==void 0&&(b.s.n=t),b.s=t,e.n=t,32&b.f&&e.S(t),t;if(t.i===-1)return t.i=0,t.n!==void 0&&(t.n.p=t.p,t.p!==void 0&&(t.p.n=t.n),t.p=b.s,t.n=void 0,b.s.n=t,b.s=t),t}}function C(e,t){this.v=e,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=t?.watched,this.Z=t?.unwatched,this.name=t?.name}C.prototype.brand=po;C.prototype.h=function(){return!0};C.prototype.S=function(e){var t=this,n=this.t;n!==e&&e.e===void 0&&(e.x=n,this.t=e,n!==void 0?n.e=e:Ee(function(){var o;(o=t.W)==null||o.call(t)}))};C.prototype.U=function(e){var t=this;if(this.t!==void 0){var n=e.e,o=e.x;n!==void 0&&(n.x=o,e.e=void 0),o!==void 0&&(o.e=n,e.x=void 0),e===this.t&&(this.t=o,o===void 0&&Ee(function(){var r;(r=t.Z)==null||r.call(t)}))}};C.prototype.subscribe=function(e){var t=this;return Y(function(){var n=t.value;Ee(function(){return e(n)})},{name:"sub"})};C.prototype.valueOf=function(){return this.value};C.prototype.toString=function(){return this.value+""};C.prototype.toJSON=function(){return this.value};C.prototype.peek=function(){var e=this;return Ee(function(){return e.value})};Object.defineProperty(C.prototype,"value",{get:function(){var e=an(this);return e!==void 0&&(e.i=this.i),this.v},set:function(e){if(e!==this.v){if(Be>100)throw new Error("Cycle detected");(function(n){K!==0&&Be===0&&n.l!==vt&&(n.l=vt,Ve={S:n,v:n.v,i:n.i,o:Ve})})(this),this.v=e,this.i++,Qe++,K++;try{for(var t=this.t;t!==void 0;t=t.x)t.t.N()}finally{We()}}}});function O(e,t){return new C(e,t)}function un(e){for(var t=e.s;t!==void 0;t=t.n)if(t.S.i!==t.i||!t.S.h()||t.S.i!==t.i)return!0;return!1}function cn(e){for(var t=e.s;t!==void 0;t=t.n){var n=t.S.n;if(n!==void 0&&(t.r=n),t.S.n=t,t.i=-1,t.n===void 0){e.s=t;break}}}function ln(e){for(var t=e.s,n=void 0;t!==void 0;){var o=t.p;t.i===-1?(t.S.U(t),o!==void 0&&(o.n=t.n),t.n!==void 0&&(t.n.p=o)):n=t,t.S.n=t.r,t.r!==void 0&&(t.r=void 0),t=o}e.s=n}function ce(e,t){C.call(this,void 0,t),this.x=e,this.s=void 0,this.g=Qe-1,this.f=4}ce.prototype=new C;ce.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Qe))return!0;if(this.g=Qe,this.f|=1,this.i>0&&!un(this))return this.f&=-2,!0;var e=b;try{cn(this),b=this;var t=this.x();(16&this.f||this.v!==t||this.i===0)&&(this.v=t,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return b=e,ln(this),this.f&=-2,!0};ce.prototype.S=function(e){if(this.t===void 0){this.f|=36;for(var t=this.s;t!==void 0;t=t.n)t.S.S(t)}C.prototype.S.call(this,e)};ce.prototype.U=function(e){if(this.t!==void 0&&(C.prototype.U.call(this,e),this.t===void 0)){this.f&=-33;for(var t=this.s;t!==void 0;t=t.n)t.S.U(t)}};ce.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var e=this.t;e!==void 0;e=e.x)e.t.N()}};Object.defineProperty(ce.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var e=an(this);if(this.h(),e!==void 0&&(e.i=this.i),16&this.f)throw this.v;return this.v}});function ze(e,t){return new ce(e,t)}function fn(e){var t=e.j;if(e.j=void 0,typeof t=="function"){K++;var n=b;b=void 0;try{t()}catch(o){throw e.f&=-2,e.f|=8,yt(e),o}finally{b=n,We()}}}function yt(e){for(var t=e.s;t!==void 0;t=t.n)t.S.U(t);e.x=void 0,e.s=void 0,fn(e)}function ho(e){if(b!==this)throw new Error("Out-of-order effect");ln(this),b=e,this.f&=-2;try{8&this.f&&yt(this)}finally{We()}}function pe(e,t){this.x=e,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=t?.name,Te&&Te.push(this)}pe.prototype.c=function(){var e=this.S();try{if(8&this.f||this.x===void 0)return;var t=this.x();typeof t=="function"&&(this.j=t)}finally{e()}};pe.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,fn(this),cn(this),K++;var e=b;return b=this,ho.bind(this,e)};pe.prototype.N=function(){2&this.f||(this.f|=2,this.u=Ce,Ce=this)};pe.prototype.d=function(){this.f|=8,1&this.f||yt(this)};pe.prototype.dispose=function(){this.d()};function Y(e,t){var n=new pe(e,t);try{n.c()}catch(r){throw n.d(),r}var o=n.d.bind(n);return o[Symbol.dispose]=o,o}var _n,Ke,Ge,vo=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__;var pn=[];Y(function(){_n=this.N})();function de(e,t){y[e]=t.bind(null,y[e]||function(){})}function Pe(e){if(Ge){var t=Ge;Ge=void 0,t()}Ge=e&&e.S()}function dn(e){var t=this,n=e.data,o=yo(n);o.name="ReactiveDom",o.value=n;var r=He(function(){for(var a=t,f=t.__v;f=f.__;)if(f.__c){f.__c.__$f|=4;break}var _=ze(function(){var c=o.value.value;return c===0?0:c===!0?"":c||""}),l=ze(function(){return!Array.isArray(_.value)&&!it(_.value)}),h=Y(function(){if(this.N=mn,l.value){var c=_.value;a.__v&&a.__v.__e&&a.__v.__e.nodeType===3&&(a.__v.__e.data=c)}}),d=t.__$u.d;return t.__$u.d=function(){h(),d.call(this)},[l,_]},[]),i=r[0],s=r[1];return i.value?s.peek():s.value}dn.displayName="ReactiveTextNode";Object.defineProperties(C.prototype,{constructor:{configurable:!0,value:ke(ae,null).constructor},type:{configurable:!0,value:dn},props:{configurable:!0,get:function(){var e=this;return{data:{get value(){return e.value}}}}},__b:{configurable:!0,value:1}});de("__b",function(e,t){if(Pe(),Ke=void 0,typeof t.type=="string"){var n,o=t.props;for(var r in o)if(r!=="children"){var i=o[r];i instanceof C&&(n||(t.__np=n={}),n[r]=i,o[r]=i.peek())}}e(t)});de("__r",function(e,t){if(e(t),t.type!==ae){Pe();var n,o=t.__c;o&&(o.__$f&=-2,(n=o.__$u)===void 0&&(o.__$u=n=function(r,i){var s;return Y(function(){s=this},{name:i}),s.c=r,s}(function(r){return function(){var i;vo&&((i=this.y)==null||i.call(this)),r.__$f|=1,r.setState({})}}(o),typeof t.type=="function"?t.type.displayName||t.type.name:""))),Ke=o,Pe(n)}});de("__e",function(e,t,n,o){Pe(),Ke=void 0,e(t,n,o)});de("diffed",function(e,t){Pe(),Ke=void 0;var n;if(typeof t.type=="string"&&(n=t.__e)){var o=t.__np,r=t.props,i=n.U;if(i)for(var s in i){var a=i[s];a===void 0||o&&s in o||(a.d(),i[s]=void 0)}if(o){i||(i={},n.U=i);for(var f in o){var _=i[f],l=o[f];_===void 0?(_=$o(n,f,l,r),i[f]=_):_.o(l,r)}}}e(t)});function $o(e,t,n,o){var r=t in e&&e.ownerSVGElement===void 0,i=O(n);return{o:function(s,a){i.value=s,o=a},d:Y(function(){this.N=mn;var s=i.value.value;o[t]!==s&&(o[t]=s,r?e[t]=s:s!=null&&(s!==!1||t[4]==="-")?e.setAttribute(t,s):e.removeAttribute(t))})}}de("unmount",function(e,t){if(typeof t.type=="string"){var n=t.__e;if(n){var o=n.U;if(o){n.U=void 0;for(var r in o){var i=o[r];i&&i.d()}}}var s=t.__np;if(s){var a=t.props;for(var f in s)a[f]=s[f]}t.__np=void 0}else{var _=t.__c;if(_){_.__$f|=8;var l=_.__$u;l&&(_.__$u=void 0,l.d())}}e(t)});de("__h",function(e,t,n,o){o<3&&(t.__$f|=2),e(t,n,o)});se.prototype.shouldComponentUpdate=function(e,t){if(this.__R)return!0;var n=this.__$u,o=n&&n.s!==void 0;for(var r in t)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var i=2&this.__$f;if(!(o||i||4&this.__$f)||1&this.__$f)return!0}else if(!(o||4&this.__$f)||3&this.__$f)return!0;for(var s in e)if(s!=="__source"&&e[s]!==this.props[s])return!0;for(var a in this.props)if(!(a in e))return!0;return!1};function yo(e,t){return He(function(){return O(e,t)},[])}var go=function(e){queueMicrotask(function(){queueMicrotask(e)})};function bo(){$t(function(){for(var e;e=pn.shift();)_n.call(e)})}function mn(){pn.push(this)===1&&(y.requestAnimationFrame||go)(bo)}var A=O("unknown"),hn={viewer:0,operator:1,admin:2};function B(e){let{value:t}=A;return typeof t=="object"&&hn[t.role]>=hn[e]}function vn(){let{value:e}=A;return typeof e=="object"?e.csrf_token??"":""}var ee=class extends Error{status;title;detail;code;name;constructor(t,n,o,r){super(o===""?n:`${n}: ${o}`),this.status=t,this.title=n,this.detail=o,this.code=r,this.name="ApiError"}},gt="/api/v1";function U(e,t={}){let n=new URLSearchParams;for(let[r,i]of Object.entries(t))i!==void 0&&i!==""&&n.set(r,String(i));let o=n.toString();return`${gt}${e}${o===""?"":`?${o}`}`}function L(e,t,n){return $n("GET",U(e,t),void 0,n)}function le(e,t,{query:n,body:o}={}){return $n(e,U(t,n),o)}async function $n(e,t,n,o){let r=new Headers;n!==void 0&&r.set("content-type","application/json"),e!=="GET"&&r.set("x-csrf-token",vn());let i=await So(t,{method:e,headers:r,...n===void 0?{}:{body:JSON.stringify(n)},...o===void 0?{}:{signal:o}});if(!i.ok)throw await ko(i);return i.status===204?void 0:await i.json()}async function So(e,t){try{return await fetch(e,t)}catch(n){throw t.signal?.aborted?n:new ee(0,"The broker cannot be reached","","unreachable")}}async function ko(e){let t=await e.json().catch(()=>({})),{title:n=e.statusText,detail:o="",code:r="",errors:i=[]}=t;r==="not_authenticated"&&(A.value=void 0);let s=i.map(a=>`${a.pointer}: ${a.detail}`);return new ee(e.status,n,[o,...s].join(" "),r)}var fe=O("off"),me=new Map,te,xo="dropped";function yn(e,t){for(let n of[...e,xo]){let o=me.get(n);o===void 0?(me.set(n,new Set([t])),te?.addEventListener(n,gn)):o.add(t)}return wo(),()=>{for(let n of me.values())n.delete(t);[...me.values()].every(n=>n.size===0)&&To()}}function gn({type:e}){for(let t of[...me.get(e)??[]])t()}function wo(){if(te===void 0){fe.value="connecting",te=new EventSource(`${gt}/events`),te.onopen=()=>fe.value="live",te.onerror=()=>fe.value="connecting";for(let e of me.keys())te.addEventListener(e,gn)}}function To(){te?.close(),te=void 0,fe.value="off"}async function bn(){try{A.value=await L("/me")}catch(e){if(!(e instanceof ee)||e.status!==401)throw e;A.value=void 0}}async function Sn(e,t){A.value=await le("POST","/login",{body:{name:e,password:t}})}async function kn(){await le("POST","/logout"),A.value=void 0}var bt=O(void 0);function he(e){bt.value=e}function xn(){let{value:e}=bt;return e===void 0?null:u`<${Co} key=${e.title} question=${e} />`}function Co({question:{title:e,body:t,action:n,dangerous:o,run:r}}){let i=ue(null),[s,a]=x(),[f,_]=x(!1);q(()=>i.current?.showModal(),[]);let l=()=>bt.value=void 0;return u`
    <dialog ref=${i} onClose=${l} aria-labelledby="dialog-title">
      <form onSubmit=${async d=>{d.preventDefault(),_(!0);try{await r(new FormData(d.target)),l()}catch(c){a(c instanceof Error?c.message:String(c))}finally{_(!1)}}}>
          <h2 id="dialog-title">${e}</h2>
          ${t}
          ${s===void 0?null:u`<p class="failure" role="alert">${s}</p>`}
          <div class="actions">
            <button type="button" onClick=${l}>Cancel</button>
            <button type="submit" class=${o?"danger":"primary"} disabled=${f}>
              ${n}
            </button>
          </div>
        </form>
    </dialog>
  `}var Eo=3,Po=6e3,Oe=O([]);function I(e,t=!1){let n={text:e,failed:t};Oe.value=[...Oe.value,n].slice(-Eo),setTimeout(()=>{Oe.value=Oe.value.filter(o=>o!==n)},Po)}async function wn(e,t){try{return await e(),I(t),!0}catch(n){return I(n instanceof Error?n.message:String(n),!0),!1}}function Tn(){return u`<div class="notices" role="status" aria-live="polite">${Oe.value.map(({text:e,failed:t})=>u`<p class=${t?"notice failure":"notice"}>${e}</p>`)}</div>`}function F(){return u`<p class="state" role="status"><span class="spinner"></span> Loading</p>`}function D({title:e,hint:t}){return u`<div class="state"><p><strong>${e}</strong></p>${t===void 0?null:u`<p>${t}</p>`}</div>`}function R({error:e,retry:t}){return u`<div class="state failure" role="alert"><p><strong>That did not work.</strong></p>
    <p>${e.message}</p>${t===void 0?null:u`<button type="button" onClick=${t}>Try again</button>`}</div>`}function Oo(e){return`'${e.replaceAll("'","'\\''")}'`}function Cn(e){return`curl -g -H "Authorization: Bearer $TIDEMQ_TOKEN" ${Oo(location.origin+e)}`}function V({url:e}){return u`<button type="button" class="quiet" onClick=${async()=>{try{await navigator.clipboard.writeText(Cn(e)),I("Copied. TIDEMQ_TOKEN has to hold an API token.")}catch{I(Cn(e))}}}>Copy as curl</button>`}var No="sessions",ve=O(St(location.hash));addEventListener("hashchange",()=>{ve.value=St(location.hash)});function St(e){let[t="",n=""]=e.replace(/^#\/?/,"").split(/\?(.*)/s);return{page:t===""?No:t,query:new URLSearchParams(n)}}function Q(e,t={}){let n=new URLSearchParams;for(let[r,i]of Object.entries(t))i!==void 0&&i!==""&&n.set(r,String(i));let o=n.toString();return`#/${e}${o===""?"":`?${o}`}`}function En(e,t){location.hash=Q(e,t)}function W(e,{push:t=!1}={}){let{page:n,query:o}=ve.value,r=Q(n,{...Object.fromEntries(o),...e});t?location.hash=r:(history.replaceState(null,"",r),ve.value=St(r))}function N(e){return ve.value.query.get(e)??""}var Mo=250;function $e({name:e,label:t,type:n="search",placeholder:o=""}){let r=N(e),[i,s]=x(r);return q(()=>s(r),[r]),q(()=>{if(i===r)return;let a=setTimeout(()=>W({[e]:i,cursor:""}),Mo);return()=>clearTimeout(a)},[i]),u`<label class="field">${t}<input type=${n} min="0" value=${i}
    placeholder=${o} autocomplete="off" spellcheck=${!1}
    onInput=${a=>s(a.target.value)} /></label>`}function Ye({name:e,label:t,options:n}){let o=r=>W({[e]:r.target.value,cursor:""});return u`
    <label
      class="field">${t}<select value=${N(e)} onChange=${o}>${n.map(([r,i])=>u`<option value=${r}>${i}</option>`)}</select></label>
  `}var qo=1e3;function z(e,t,{events:n=[],everyMs:o}={}){let[r,i]=x(0),[s,a]=x({key:e}),[f,_]=x(!0),l=ue(t);l.current=t,q(()=>{let p=new AbortController;_(!0),l.current(p.signal).then(m=>v({key:e,value:m}),m=>v(g=>({...g.key===e?g:{},key:e,error:m})));function v(m){p.signal.aborted||(a(m),_(!1))}return()=>p.abort()},[e,r]);let h=()=>i(p=>p+1);q(()=>{let p=n.length===0?()=>{}:yn(n,Ao(h)),v=o===void 0?void 0:setInterval(()=>{document.hidden||h()},o);return()=>{p(),clearInterval(v)}},[n.join(),o]);let{value:d,error:c}=s.key===e?s:{};return{value:d,error:c,loading:f,reload:h}}function Ao(e){let t=!1,n=!1;return function o(){if(t){n=!0;return}t=!0,n=!1,e(),setTimeout(()=>{t=!1,n&&o()},qo)}}function Pn(){let{value:e,error:t,reload:n}=z("config",o=>L("/config",{},o));return u`
    <h1>Configuration</h1>
        <div class="filters" role="search">
      <${$e} name="q" label="Search" placeholder="key or value" />
    </div>
        ${t===void 0?null:u`<${R} error=${t} retry=${n} />`}
        ${e===void 0&&t===void 0?u`<${F} />`:null}
        ${e===void 0?null:u`<${Do} items=${e.items} />`}
  `}function Do({items:e}){let t=N("q").toLowerCase(),n=e.filter(({key:o,value:r})=>`${o} ${JSON.stringify(r)}`.toLowerCase().includes(t));return u`<section class="list" aria-label="Configuration">
    <div class="list-bar"><p class="total">${n.length} of ${e.length}</p>
      <${V} url=${U("/config")} /></div>
    ${n.length===0?u`
        <${D} title="No key is like this."
          hint="A program that embeds the broker may keep its configuration to itself." />
      `:u`
        <div class="scroll" tabindex="0" role="region" aria-label="Configuration, rows">
          <table>
            <thead>
              <tr>
                <th scope="col">Key</th>
                <th scope="col">Value</th>
                <th scope="col">Source</th>
              </tr>
            </thead>
            <tbody>${n.map(({key:o,value:r,source:i})=>u`
                <tr key=${o}>
                  <td class="id">${o}</td>
                  <td class="id">${r===null?u`<span class="faint">not set</span>`:JSON.stringify(r)}</td>
                  <td class=${i==="default"?"faint":""}>${i}</td>
                </tr>
              `)}</tbody>
          </table>
        </div>
      `}</section>`}var jo=new Intl.NumberFormat("en"),Nn=new Intl.NumberFormat("en",{maximumSignificantDigits:3});function S(e){return Number.isInteger(e)?jo.format(e):Nn.format(e)}var On=["B","KiB","MiB","GiB","TiB"];function E(e){let t=0,n=e;for(;n>=1024&&t<On.length-1;)n/=1024,t++;return`${Nn.format(n)} ${On[t]}`}function Je(e){let t=[[86400,"d"],[3600,"h"],[60,"m"],[1,"s"]],n=[],o=Math.max(0,Math.round(e));for(let[r,i]of t){let s=Math.floor(o/r);o-=s*r,s>0&&n.length<2&&n.push(`${s} ${i}`)}return n.length===0?"0 s":n.join(" ")}function Mn(e){let t=(Date.now()-Date.parse(e))/1e3;return t<1?"just now":`${Je(t).split(" ").slice(0,2).join(" ")} ago`}function Xe(e){return new Date(e).toLocaleString("sv")}function qn({columns:e,shown:t}){if(!e.some(({optional:i})=>i))return null;let[n,...o]=e,r=(i,s)=>{let a=e.map(_=>_.key).filter(_=>_===n.key||(_===i?s:t.includes(_))),f=e.filter(({optional:_})=>!_).map(_=>_.key);W({columns:a.join()===f.join()?"":a.join()})};return u`
    <details class="menu">
      <summary>Columns</summary>
      <div class="menu-body">${o.map(({key:i,title:s})=>u`<label><input type="checkbox" checked=${t.includes(i)}
        onChange=${a=>r(i,a.target.checked)} />
        ${s}</label>`)}</div>
    </details>
  `}var Uo=1e4;function ye(e){let{path:t,filters:n={},columns:o,empty:r,events:i,everyMs:s=Uo,version:a=0}=e,[f,_]=[N("sort"),N("cursor")],l={...n,sort:f,cursor:_,count:"true"},h=U(t,l),d=z(`${h} ${a}`,m=>L(t,l,m),{events:i,everyMs:s}),c=Lo(o),{value:p,error:v}=d;return u`<section class="list" aria-label=${e.label} aria-busy=${d.loading}>
    <div class="list-bar">
      <p class="total">${p===void 0?"":Fo(p)}</p>
      <${qn} columns=${o} shown=${c.map(({key:m})=>m)} />
      <button type="button" class="quiet" onClick=${d.reload}>Refresh</button>
      <${V} url=${h} />
    </div>
    ${v===void 0?null:u`<${R} error=${v} retry=${d.reload} />`}
    ${p===void 0&&v===void 0?u`<${F} />`:null}
    ${p?.items.length===0?u`<${D} ...${r} />`:null}
    ${p===void 0||p.items.length===0?null:u`<${Ro} ...${e} columns=${c} items=${p.items} reload=${d.reload} />`}
    <${Ho} cursor=${_} next=${p?.next_cursor??null} />
  </section>`}function Lo(e){let t=N("columns");if(t==="")return e.filter(({optional:o})=>!o);let n=t.split(",");return e.filter(({key:o})=>n.includes(o))}function Fo({total:e,items:t}){if(e===void 0)return`${S(t.length)} shown`;let n=e.relation==="gte"?" or more":"";return`${S(t.length)} of ${S(e.value)}${n}`}function Ro(e){let{label:t,columns:n,items:o,keyOf:r,bulk:i=[],reload:s}=e,[a,f]=x(new Set),_=o.map(r),l=_.filter(p=>a.has(p)),h=(p,v)=>{let m=new Set(a);for(let g of p)v?m.add(g):m.delete(g);f(m)},d=()=>{f(new Set),s()},c=i.length>0;return u`
    ${c&&u`<div class="bulk" role="group" aria-label="With the selected rows">
      <span>${l.length} selected</span>
      ${i.map(p=>u`
          <button type="button" disabled=${l.length===0}
            onClick=${()=>p.run(l,d)}>${p.label}</button>
        `)}</div>`}
      <div class="scroll" tabindex="0" role="region" aria-label=${`${t}, rows`}>
      <table>
        <thead>
          <tr>
            ${c&&u`<th class="pick"><input type="checkbox" aria-label="Select all rows"
          checked=${l.length===_.length}
          onChange=${p=>h(_,p.target.checked)} />
        </th>`}
            ${n.map(p=>u`<${Io} key=${p.key} column=${p} />`)}
          </tr>
        </thead>
        <tbody>${o.map((p,v)=>u`<tr key=${_[v]}>
        ${c&&u`<td class="pick"><input type="checkbox"
          aria-label=${`Select ${_[v]}`} checked=${a.has(_[v])}
          onChange=${m=>h([_[v]],m.target.checked)} /></td>`}
        ${n.map(m=>u`<td class=${kt(m)}>${m.cell(p)}</td>`)}
      </tr>`)}</tbody>
      </table>
    </div>
  `}function kt({numeric:e,minor:t}){return`${e?"numeric":""} ${t?"minor":""}`}function Io({column:e}){let{title:t,sort:n}=e;if(n===void 0)return u`<th scope="col" class=${kt(e)}>${t}</th>`;let o=N("sort"),[r,i]=[o===n,o===`-${n}`],s=r?"ascending":i?"descending":"none",a=()=>W({sort:i?n:r?"":`-${n}`,cursor:""});return u`<th scope="col" class=${kt(e)} aria-sort=${s}>
    <button type="button" class="heading" onClick=${a}>${t}<span aria-hidden="true">${r?" \u2191":i?" \u2193":""}</span></button></th>`}function Ho({cursor:e,next:t}){if(e===""&&t===null)return null;let n=o=>()=>W({cursor:o},{push:!0});return u`
    <nav class="pages" aria-label="Pages">
      <button type="button" disabled=${e===""} onClick=${n("")}>First page</button>
      <button type="button" disabled=${e===""} onClick=${()=>history.back()}>
          Previous page</button>
      <button type="button" disabled=${t===null} onClick=${n(t??"")}>Next page</button>
    </nav>
  `}function Ze({id:e}){return u`<a class="id" href=${Q("session",{client_id:e})}>${e===""?"(empty)":e}</a>`}function xt({topic:e}){return u`<a class="id" href=${Q("topics",{topic:e})}>${e}</a>`}function _e({at:e}){return e===null?u`<span class="faint">–</span>`:u`<time datetime=${e} title=${Xe(e)}>${Mn(e)}</time>`}function H({tone:e="plain",children:t}){return u`<span class=${`badge ${e}`}>${t}</span>`}function Ne({rows:e}){return u`<dl class="facts">${e.map(([t,n])=>u`
        <div key=${t}>
          <dt>${t}</dt>
          <dd>${n}</dd>
        </div>
      `)}</dl>`}function M(e=""){return`/sessions/-${e}`}function An(e,t){return L(M(),{client_id:e},t)}function Dn(e,t){return le("DELETE",M(),{query:{client_id:e,mode:t}})}async function jn(e,t){let{items:n}=await le("POST","/sessions:batchDelete",{body:{client_ids:e,mode:t}});return n.filter(({result:o})=>o===Bo[t]).length}var Bo={disconnect:"disconnected",discard:"discarded"};async function Un(e,t,n){Rn(await Fn("POST",{client_id:e},{topic_filters:[t],qos:n}))}async function Ln(e,t){Rn(await Fn("DELETE",{client_id:e,topic_filter:t}))}function Fn(e,t,n){return le(e,M("/subscriptions"),{query:t,body:n})}function Rn({items:e}){let t=e.find(({problem:n})=>n!==null);if(t!==void 0)throw new Error(`${t.topic_filter}: ${t.problem}`)}var In={disconnect:{action:"Disconnect",text:"The connection ends with reason code 0x98. A durable session stays."},discard:{action:"Discard",text:"The connection ends, and the subscriptions and all messages that wait are deleted."}};function wt(e,t,n){let{action:o,text:r}=In[t];he({title:`${o} this session?`,body:u`
      <p class="id">${e}</p>
      <p>${r}</p>
    `,action:o,dangerous:!0,async run(){await Dn(e,t),I("Done."),n()}})}function Tt(e,t,n){let{action:o,text:r}=In[t];he({title:`${o} ${e.length} sessions?`,body:u`<p>${r}</p>`,action:o,dangerous:!0,async run(){let i=await jn(e,t);I(`${i} of ${e.length} sessions ended.`),n()}})}var Vo=["connected","disconnected","session_ended","taken_over"],Qo=[{key:"client_id",title:"Client id",sort:"client_id",cell:({client_id:e})=>u`<${Ze} id=${e} />`},{key:"state",title:"State",cell:e=>u`<${Et} session=${e} />`},{key:"username",title:"Username",minor:!0,cell:({username:e})=>e??""},{key:"address",title:"Address",minor:!0,cell:({connection:e})=>u`<span class="id">${e?.remote_address??""}</span>`},{key:"protocol",title:"Protocol",minor:!0,cell:({protocol:e})=>e},{key:"connected_at",title:"Connected",sort:"connected_at",minor:!0,cell:({connected_at:e})=>u`<${_e} at=${e} />`},ge("subscriptions","Subscriptions",e=>e.subscriptions,{minor:!0}),ge("queue_len","Queue",e=>e.queue_len),ge("inflight","In flight",e=>e.inflight,{minor:!0}),ge("dropped","Dropped",e=>e.dropped),Ct("queue_bytes","Queue bytes",e=>e.queue_bytes),Ct("memory","Memory",e=>e.memory.total),ge("messages_received","Received",e=>e.connection?.messages_received??0,{optional:!0}),ge("messages_sent","Sent",e=>e.connection?.messages_sent??0,{optional:!0}),Ct("pending_bytes","Unsent",e=>e.connection?.pending_bytes??0)];function ge(e,t,n,o={}){return{key:e,title:t,sort:e,numeric:!0,cell:r=>S(n(r)),...o}}function Ct(e,t,n){return{key:e,title:t,sort:e,numeric:!0,optional:!0,cell:r=>E(n(r))}}function Et({session:e}){let{connected:t,connection:n}=e;return t?n!==null&&n.congestion!=="clear"?u`<${H} tone="warn">${n.congestion}<//>`:u`<${H} tone="good">connected<//>`:u`<${H}>disconnected<//>`}var Wo=[{label:"Disconnect",run:(e,t)=>Tt(e,"disconnect",t)},{label:"Discard",run:(e,t)=>Tt(e,"discard",t)}],zo=["q","state","protocol","durable","queue_len[gte]","dropped[gte]"];function Hn(){let e=Object.fromEntries(zo.map(t=>[t,N(t)]));return u`
    <h1>Sessions</h1>
    <div class="filters" role="search">
      <${$e} name="q" label="Search" placeholder="client id, username, address" />
      <${Ye} name="state" label="State" options=${[["","any"],["connected","connected"],["disconnected","disconnected"]]} />
      <${Ye} name="protocol" label="Protocol"
        options=${[["","any"],["5.0","5.0"],["3.1.1","3.1.1"],["3.1","3.1"]]} />
      <${Ye} name="durable" label="Durable"
        options=${[["","any"],["true","yes"],["false","no"]]} />
      <${$e} name="queue_len[gte]" label="Queue from" type="number" />
      <${$e} name="dropped[gte]" label="Dropped from" type="number" />
    </div>
    <${ye} label="Sessions" path="/sessions" filters=${e} columns=${Qo}
      keyOf=${t=>t.client_id} bulk=${B("operator")?Wo:[]}
      events=${Vo} empty=${{title:"No session is like this.",hint:"Sessions appear here as soon as clients connect. Are the filters too narrow?"}} />
  `}var Bn=2e4,Go=4096,Pt=16;function Vn({payload:e}){let[t,n]=x();if(e.size===0)return u`<p class="faint">No bytes.</p>`;let o=e.encoding==="base64"?void 0:Ko(e.text),r=e.encoding==="base64"?["hex"]:o===void 0?["text","hex"]:["json","text","hex"],i=t!==void 0&&r.includes(t)?t:r[0],s=i==="json"?o:i==="hex"?Yo(e):e.text,a=s.length>Bn||e.truncated;return u`
    <div class="payload">
      <div class="tabs" role="group"
        aria-label="Form of the payload">${r.map(f=>u`
            <button type="button" class="quiet" aria-pressed=${f===i}
              onClick=${()=>n(f)}>${f}</button>
          `)}<span class="faint">${E(e.size)}${a?", the beginning":""}</span></div>
      <pre tabindex="0">${s.slice(0,Bn)}</pre>
    </div>
  `}function Ko(e){if(/^\s*[[{]/.test(e))try{return JSON.stringify(JSON.parse(e),void 0,2)}catch{return}}function Yo(e){let t=Jo(e),n=[];for(let o=0;o<Math.min(t.length,Go);o+=Pt){let r=[...t.subarray(o,o+Pt)],i=r.map(a=>a.toString(16).padStart(2,"0")).join(" "),s=r.map(a=>a>=32&&a<127?String.fromCharCode(a):".");n.push(`${o.toString(16).padStart(6,"0")}  ${i.padEnd(Pt*3)} ${s.join("")}`)}return n.join(`
`)}function Jo({text:e,encoding:t}){return t!=="base64"?new TextEncoder().encode(e):Uint8Array.from(atob(e),n=>n.charCodeAt(0))}function Qn({text:e,encoding:t,size:n}){if(n===0)return"(no bytes)";if(t==="base64")return`(binary, ${E(n)})`;let o=e.slice(0,120).replace(/\s+/g," ");return o.length<e.length?`${o}\u2026`:o}function Xo(e){let{payload_preview:t,encoding:n,size:o,truncated:r}=e;return{text:t,encoding:n,size:o,truncated:r}}function Wn({message:e}){let t=Xo(e);return u`
    <details class="payload-cell">
      <summary>${Qn(t)}</summary>
      <${Vn} payload=${t} />
    </details>
  `}var Zo=[{key:"seq",title:"No.",numeric:!0,cell:({seq:e})=>S(e)},{key:"topic",title:"Topic",cell:({message:e})=>u`<${xt} topic=${e.topic} />`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"size",title:"Size",numeric:!0,minor:!0,cell:e=>E(e.message.size)},{key:"publisher",title:"Publisher",minor:!0,cell:({message:{publisher:e}})=>e===null?"the broker":u`<${Ze} id=${e} />`},{key:"received",title:"Received",minor:!0,cell:({message:e})=>u`<${_e} at=${e.received_at} />`},{key:"payload",title:"Payload",cell:({message:e})=>u`<${Wn} message=${e} />`}];function zn({clientId:e}){return u`
    <${ye} label="Queue" path=${M("/queue")}
      filters=${{client_id:e}} columns=${Zo}
      keyOf=${({seq:t})=>String(t)}
      empty=${{title:"Nothing waits.",hint:"Messages wait here while the client is away."}} />
  `}var ei=5e3;function Gn({clientId:e}){let t={client_id:e},{value:n,error:o,reload:r}=z(e,i=>L(M("/inflight"),t,i),{everyMs:ei});return o!==void 0?u`<${R} error=${o} retry=${r} />`:n===void 0?u`<${F} />`:n.outbound_count+n.inbound_count===0?u`
      <${D} title="Nothing is under way."
        hint="QoS 1 and 2 messages stand here until they are acknowledged." />
    `:u`
    <div class="list-bar">
      <p class="total">${S(n.outbound_count)} to the client,
            ${S(n.inbound_count)} from it</p>
      <${V} url=${U(M("/inflight"),t)} />
    </div>
        <div class="scroll" tabindex="0" role="region" aria-label="In flight, rows">
      <table>
        <thead>
          <tr>
            <th>Packet id</th>
            <th>Topic</th>
            <th>QoS</th>
            <th>State</th>
            <th>Payload</th>
          </tr>
        </thead>
        <tbody>${n.outbound.map(({packet_id:i,qos:s,state:a,ever_sent:f,message:_})=>u`
            <tr key=${i}>
              <td class="numeric">${i}</td>
              <td>${_===null?"":u`<${xt} topic=${_.topic} />`}</td>
              <td class="numeric">${s}</td>
              <td>
                <${H}>${f?a:"not sent yet"}<//></td>
                    <td>${_===null?"":u`<${Wn} message=${_} />`}</td></tr>
          `)}</tbody>
      </table>
    </div>
      ${n.inbound.length===0?null:u`<p>From the client, waiting for PUBREL: ${n.inbound.join(", ")}</p>`}
  `}function ti(e){let{subscription_identifier:t,retain_handling:n}=e;return u`${e.no_local&&u`
      <${H}>no local<//>
    `}
    ${e.retain_as_published&&u`
      <${H}>retain as published<//>
    `}
    ${n!==0&&u`
      <${H}>retain handling ${n}<//>
    `}
    ${t!==null&&u`<${H}>identifier ${t}<//>`}`}var ni=["subscribed","unsubscribed"],Kn=[{key:"topic_filter",title:"Topic filter",cell:({topic_filter:e})=>u`<span class="id">${e}</span>`},{key:"qos",title:"QoS",numeric:!0,cell:({qos:e})=>e},{key:"options",title:"Options",minor:!0,cell:ti}];function Yn({clientId:e}){let[t,n]=x(0),o=()=>n(i=>i+1),r=B("operator")?[...Kn,oi(e,o)]:Kn;return u`
    ${B("operator")&&u`<button type="button" onClick=${()=>ii(e,o)}>
      Subscribe on behalf of the client</button>`}
      <${ye} label="Subscriptions" path=${M("/subscriptions")}
      filters=${{client_id:e}} columns=${r} version=${t} events=${ni}
      keyOf=${({topic_filter:i})=>i} empty=${{title:"The client has subscribed to nothing.",hint:"Its subscriptions appear here as soon as it subscribes."}} />
  `}function oi(e,t){return{key:"action",title:"Action",cell:({topic_filter:o})=>u`<button type="button" class="quiet" onClick=${()=>ri(e,o,t)}>Unsubscribe</button>`}}function ii(e,t){he({title:"Subscribe on behalf of the client",body:u`
      <label class="field">Topic filter<input name="filter" required autofocus
              autocomplete="off" spellcheck=${!1} /></label>
      <label class="field">QoS<select name="qos"><option>0</option><option>1</option>
              <option>2</option></select></label>
    `,action:"Subscribe",async run(n){await Un(e,String(n.get("filter")),Number(n.get("qos"))),I("Subscribed."),t()}})}function ri(e,t,n){he({title:"Unsubscribe on behalf of the client?",body:u`
      <p class="id">${t}</p>
      <p>The client is not told.</p>
    `,action:"Unsubscribe",dangerous:!0,async run(){await Ln(e,t),I("Unsubscribed."),n()}})}var si=["connected","disconnected","subscribed","unsubscribed","session_ended"],ai=1e4;function Ot({clientId:e}){let t={client_id:e},{value:n,error:o,reload:r}=z(e,i=>L(M("/events"),t,i),{events:si,everyMs:ai});return o!==void 0?u`<${R} error=${o} retry=${r} />`:n===void 0?u`<${F} />`:n.items.length===0?u`
      <${D} title="Nothing is remembered."
        hint="The last events of a client stay for as long as there is room." />
    `:u`
    <div class="list-bar">
      <p class="total">The last ${S(n.items.length)}</p>
      <${V} url=${U(M("/events"),t)} />
    </div>
    <ol class="timeline">${n.items.toReversed().map(i=>u`<li><time datetime=${i.at}>${Xe(i.at)}</time>
        <strong>${i.type.replaceAll("_"," ")}</strong>
        ${i.count>1?u`
            <span class="faint">${S(i.count)} times</span>
          `:null}
        <span class="id">${ui(i.detail)}</span></li>`)}</ol>
  `}function ui(e){return Object.entries(e).filter(([,t])=>t!=null).map(([t,n])=>`${t.replaceAll("_"," ")}: ${n}`).join(" \xB7 ")}var ci=["connected","disconnected","session_ended","taken_over"],li=5e3,Me={subscriptions:{title:"Subscriptions",content:Yn},queue:{title:"Queue",content:zn},inflight:{title:"In flight",content:Gn},timeline:{title:"Timeline",content:Ot}};function Jn(){let e=N("client_id"),t=z(e,i=>An(e,i),{events:ci,everyMs:li}),{value:n,error:o}=t,r=o instanceof ee&&o.code==="session_not_found";return u`<p class="crumbs"><a href=${Q("sessions")}>Sessions</a></p>
    <h1 class="id">${e===""?"(empty)":e}</h1>
    ${r?u`<${fi} />`:null}
    ${o!==void 0&&!r?u`<${R} error=${o} retry=${t.reload} />`:null}
    ${n===void 0&&o===void 0?u`<${F} />`:null}
    ${n===void 0||r?null:u`<${_i} session=${n} changed=${t.reload} />`}
    ${r?u`
        <h2>Timeline</h2>
        <${Ot} clientId=${e} />
      `:null}`}function fi(){return u`
    <${D} title="There is no such session."
      hint="It has ended, or its client has never connected." />
  `}function _i({session:e,changed:t}){let{client_id:n}=e,o=Object.keys(Me).find(i=>i===N("tab"))??"subscriptions",{content:r}=Me[o];return u`
    <div class="head">
          <${Et} session=${e} />
          ${B("operator")&&u`<${pi} session=${e} changed=${t} />`}
          <${V} url=${U(M(),{client_id:n})} />
        </div>
    <div class="cards">
      <section class="card">
        <h2>Identity</h2>
        <${Ne} rows=${di(e)} />
      </section>
      <section class="card">
        <h2>Limits in force</h2>
        <${Ne} rows=${mi(e)} />
      </section>
      <section class="card">
        <h2>Counters</h2>
        <${Ne} rows=${hi(e)} />
      </section>
      <section class="card">
        <h2>Memory, estimated</h2>
        <${Ne} rows=${vi(e)} />
      </section>
    </div>
    <div class="tabs" role="tablist" aria-label="Parts of the session">${Object.keys(Me).map(i=>u`
        <button type="button" role="tab" aria-selected=${i===o}
          onClick=${()=>W({tab:i,cursor:"",sort:""})}>${Me[i].title}</button>
      `)}</div>
    <div role="tabpanel" aria-label=${Me[o].title}>
      <${r} key=${o} clientId=${n} />
    </div>
  `}function pi({session:e,changed:t}){let{client_id:n,connected:o}=e;return u`
    <button type="button" class="danger" disabled=${!o}
      onClick=${()=>wt(n,"disconnect",t)}>Disconnect</button>
    <button type="button" class="danger"
      onClick=${()=>wt(n,"discard",()=>En("sessions"))}>Discard</button>
  `}function di(e){let{connection:t,expiry_interval:n}=e;return[["Username",e.username??"none"],["Address",t?.remote_address??"not connected"],["Protocol",`MQTT ${e.protocol}`],["Clean start",e.clean_start?"yes":"no"],["Connected",u`<${_e} at=${e.connected_at} />`],["Disconnected",u`<${_e} at=${e.disconnected_at} />`],["Outlives its connection",n===null?"for ever":Je(n)],["Will",e.has_will?"yes":"none"],["Node",e.node]]}function mi(e){let{connection:t,maximum_packet_size:n}=e;return[["Keep alive",t===null||t.keep_alive===0?"none":Je(t.keep_alive)],["Receive maximum",S(e.receive_maximum)],["Maximum packet size",n===null?"none":E(n)],["Topic alias maximum",S(e.topic_alias_maximum)]]}function hi(e){let{connection:t}=e,n=Object.entries(e.drops).map(([o,r])=>[`Dropped: ${o.replaceAll("_"," ")}`,S(r)]);return[["Subscriptions",S(e.subscriptions)],["Queue",`${S(e.queue_len)} (${E(e.queue_bytes)})`],["In flight to the client",S(e.inflight)],["In flight from the client",S(e.received)],["Dropped",S(e.dropped)],...n,...t===null?[]:[["Messages received",S(t.messages_received)],["Messages sent",S(t.messages_sent)],["Bytes received",E(t.bytes_received)],["Bytes sent",E(t.bytes_sent)],["Unsent",E(t.pending_bytes)]]]}function vi({memory:e}){return[["Session",E(e.session)],["Connection",E(e.connection)],["Subscriptions",E(e.subscriptions)],["Queue",E(e.queue)],["In flight",E(e.inflight)],["Total",E(e.total)]]}var Nt=[{key:"sessions",title:"Sessions",role:"viewer",content:Hn},{key:"session",title:"Session",role:"viewer",content:Jn,hidden:!0},{key:"config",title:"Configuration",role:"operator",content:Pn}];function Xn(){let[e,t]=x(),[n,o]=x(!1);return u`
    <main class="sign-in">
      <form onSubmit=${async i=>{i.preventDefault();let s=new FormData(i.target);o(!0),t(void 0);try{await Sn(String(s.get("name")),String(s.get("password")))}catch(a){t(a instanceof Error?a.message:String(a)),o(!1)}}}>
          <h1>TideMQ</h1>
          <label class="field">User name<input name="name" autocomplete="username" required autofocus
            autocapitalize="none" spellcheck=${!1} /></label>
          <label class="field">Password<input name="password" type="password"
            autocomplete="current-password" required /></label>
          ${e===void 0?null:u`<p class="failure" role="alert">${e}</p>`}
          <button type="submit" class="primary" disabled=${n}>Sign in</button>
          <p class="hint">The first start prints the password of the user <code>admin</code>.</p>
        </form>
    </main>
  `}var et=["system","light","dark"],Zn="tidemq-theme",qe=O($i());function $i(){let e=localStorage.getItem(Zn);return et.find(t=>t===e)??"system"}Y(()=>{let{value:e}=qe;e==="system"?document.documentElement.removeAttribute("data-theme"):document.documentElement.dataset.theme=e,localStorage.setItem(Zn,e)});function eo(){qe.value=et[(et.indexOf(qe.value)+1)%et.length]}function to(){let[e,t]=x(),n=()=>{t(void 0),bn().catch(t)};return q(n,[]),e!==void 0?u`
      <main>
        <${R} error=${e} retry=${n} />
      </main>
    `:A.value==="unknown"?u`
      <main>
        <${F} />
      </main>
    `:A.value===void 0?u`<${Xn} />`:u`<${yi} />`}function yi(){let{page:e}=ve.value,t=Nt.find(r=>r.key===e),n=ue(null);return q(()=>{document.title=t===void 0?"TideMQ":`${t.title} \xB7 TideMQ`,scrollTo(0,0)},[e]),u`
    <div class="frame">
      <button type="button" class="skip" onClick=${()=>n.current?.focus()}>Skip to the content</button>
      <${bi} />
      <${ki} current=${e} />
      <main ref=${n} tabindex="-1" key=${e}>
        <${gi} page=${t} />
      </main>
      <${xn} />
      <${Tn} />
    </div>
  `}function gi({page:e}){return e===void 0?u`<${D} title="There is no such page." hint="Choose one from the menu." />`:B(e.role)?u`<${e.content} />`:u`
      <${D} title="Your role may not see this."
        hint=${`This page needs the role ${e.role}.`} />
    `}function bi(){let{value:e}=A;if(typeof e!="object")return null;let t=()=>wn(kn,"Signed out.");return u`
    <header class="top">
      <a class="brand" href=${Q("sessions")}>TideMQ</a>
      <span class=${`live ${fe.value}`} role="status">${Si[fe.value]}</span>
      <button type="button" class="quiet" onClick=${eo}>Theme: ${qe.value}</button>
      <span class="account">${e.name} <span class="role">${e.role}</span></span>
      <button type="button" class="quiet" onClick=${t}>Sign out</button>
    </header>
  `}var Si={off:"",connecting:"Connecting",live:"Live"};function ki({current:e}){let[t,n]=x(!1);q(()=>n(!1),[e]);let o=Nt.filter(({role:r,hidden:i})=>!i&&B(r));return u`
    <nav class=${t?"side open":"side"} aria-label="Pages of the console">
      <button type="button" class="menu-button" aria-expanded=${t}
        onClick=${()=>n(!t)}>Menu</button>
      <ul>${o.map(({key:r,title:i})=>u`<li><a href=${Q(r)} aria-current=${e===r?"page":null}>${i}</a></li>`)}<li><a href="/api/v1/docs" target="_blank" rel="noopener">API reference</a></li></ul>
    </nav>
  `}ft(u`<${to} />`,document.getElementById("console"));
